package io.jrados.rbd.model;

/**
 * How an image is made.
 *
 * @param order base-2 logarithm of the object size, 12 to 25, or 0 for the configured default of 22 (4 MiB)
 *     or a clone's parent's
 * @param features bits of {@link Features}
 * @param stripeUnit bytes, 0 for the object size
 * @param stripeCount objects, 0 for 1
 * @param dataPool name of the pool for data objects, empty for the image's own
 * @param cloneFormat 1 or 2 of a clone, 0 for what the configuration and the cluster say
 */
public record ImageOptions(
        int order, long features, long stripeUnit, long stripeCount, String dataPool, int cloneFormat) {
    /** Objects of 4 MiB, layering only. */
    public static final ImageOptions LAYERING = new ImageOptions(0, Features.LAYERING, 0, 0, "", 0);

    public ImageOptions withOrder(int newOrder) {
        return new ImageOptions(newOrder, features, stripeUnit, stripeCount, dataPool, cloneFormat);
    }

    public ImageOptions withFeatures(long newFeatures) {
        return new ImageOptions(order, newFeatures, stripeUnit, stripeCount, dataPool, cloneFormat);
    }

    public ImageOptions withStriping(long newUnit, long newCount) {
        return new ImageOptions(order, features, newUnit, newCount, dataPool, cloneFormat);
    }

    public ImageOptions withDataPool(String newDataPool) {
        return new ImageOptions(order, features, stripeUnit, stripeCount, newDataPool, cloneFormat);
    }

    public ImageOptions withCloneFormat(int newCloneFormat) {
        return new ImageOptions(order, features, stripeUnit, stripeCount, dataPool, newCloneFormat);
    }
}
