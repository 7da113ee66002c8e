package io.jrados.rbd.model;

/**
 * The options of a new image: RBD_IMAGE_OPTION_* of src/include/rbd/librbd.h. What is left open is as the configuration
 * says, or for a clone as the parent has it.
 *
 * @param order base-2 logarithm of the object size, 12 to 25, or 0 to leave it open (22 by default: 4 MiB)
 * @param features bits of {@link Features}, or {@link #FEATURES_OPEN}
 * @param featuresSet bits that are added to those
 * @param featuresClear bits that are taken from those; a bit that is to be added too stays as it is
 * @param stripeUnit bytes, 0 for the object size
 * @param stripeCount objects, 0 for 1
 * @param dataPool name of the pool for data objects, empty for the image's own
 * @param cloneFormat 1 or 2 of a clone, 0 for what the configuration and the cluster say
 */
public record ImageOptions(
        int order,
        long features,
        long featuresSet,
        long featuresClear,
        long stripeUnit,
        long stripeCount,
        String dataPool,
        int cloneFormat) {
    /** The features of rbd_default_features, of them those that the OSDs know; for a clone the parent's. */
    public static final long FEATURES_OPEN = -1;

    /** All is left open: what the {@code rbd} command makes without options. */
    public static final ImageOptions DEFAULT = new ImageOptions(0, FEATURES_OPEN, 0, 0, 0, 0, "", 0);

    /** Objects of 4 MiB, layering only. */
    public static final ImageOptions LAYERING = DEFAULT.withFeatures(Features.LAYERING);

    /** Whether the features to begin with are left open. */
    public boolean areFeaturesOpen() {
        return features == FEATURES_OPEN;
    }

    /**
     * The features with those that are added and without those that are taken away.
     *
     * @param open what to begin with if that is left open
     */
    public long resolveFeatures(long open) {
        long conflict = featuresSet & featuresClear;
        long base = areFeaturesOpen() ? open : features;
        return (base | featuresSet & ~conflict) & ~(featuresClear & ~conflict);
    }

    public ImageOptions withOrder(int newOrder) {
        return new ImageOptions(
                newOrder, features, featuresSet, featuresClear, stripeUnit, stripeCount, dataPool, cloneFormat);
    }

    public ImageOptions withFeatures(long newFeatures) {
        return new ImageOptions(
                order, newFeatures, featuresSet, featuresClear, stripeUnit, stripeCount, dataPool, cloneFormat);
    }

    /**
     * @param names joined by commas, or a number
     * @throws IllegalArgumentException for an unknown name
     */
    public ImageOptions withFeatures(String names) {
        return withFeatures(Features.parse(names));
    }

    /** Adds features to those that it would have. */
    public ImageOptions withFeaturesSet(long bits) {
        return new ImageOptions(order, features, bits, featuresClear, stripeUnit, stripeCount, dataPool, cloneFormat);
    }

    /** Takes features from those that it would have. */
    public ImageOptions withFeaturesClear(long bits) {
        return new ImageOptions(order, features, featuresSet, bits, stripeUnit, stripeCount, dataPool, cloneFormat);
    }

    public ImageOptions withStriping(long newUnit, long newCount) {
        return new ImageOptions(order, features, featuresSet, featuresClear, newUnit, newCount, dataPool, cloneFormat);
    }

    public ImageOptions withDataPool(String newDataPool) {
        return new ImageOptions(
                order, features, featuresSet, featuresClear, stripeUnit, stripeCount, newDataPool, cloneFormat);
    }

    public ImageOptions withCloneFormat(int newCloneFormat) {
        return new ImageOptions(
                order, features, featuresSet, featuresClear, stripeUnit, stripeCount, dataPool, newCloneFormat);
    }
}
