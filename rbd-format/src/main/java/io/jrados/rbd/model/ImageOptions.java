package io.jrados.rbd.model;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The options of a new image: RBD_IMAGE_OPTION_* of src/include/rbd/librbd.h. What is left open is as the configuration
 * says, or for a clone as the parent has it. Immutable; begin with {@link #DEFAULT}.
 */
public final class ImageOptions {
    private static final Values OPEN = new Values(
            OptionalInt.empty(),
            OptionalLong.empty(),
            0,
            0,
            OptionalLong.empty(),
            OptionalLong.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Map.of());

    /** All is left open: what the {@code rbd} command makes without options. */
    public static final ImageOptions DEFAULT = new ImageOptions(OPEN);

    /** Layering only, and all else is left open. */
    public static final ImageOptions LAYERING = DEFAULT.withFeatures(Features.LAYERING);

    private final Values values;

    /** The options, where callers cannot depend on how many there are. */
    private record Values(
            OptionalInt order,
            OptionalLong features,
            long set,
            long clear,
            OptionalLong unit,
            OptionalLong count,
            Optional<String> dataPool,
            OptionalInt cloneFormat,
            Map<String, String> metadata) {}

    /** The options while they are being changed. */
    private static final class Draft {
        private OptionalInt order;
        private OptionalLong features;
        private long set;
        private long clear;
        private OptionalLong unit;
        private OptionalLong count;
        private Optional<String> dataPool;
        private OptionalInt cloneFormat;
        private Map<String, String> metadata;

        Draft(Values values) {
            order = values.order;
            features = values.features;
            set = values.set;
            clear = values.clear;
            unit = values.unit;
            count = values.count;
            dataPool = values.dataPool;
            cloneFormat = values.cloneFormat;
            metadata = values.metadata;
        }

        Values values() {
            return new Values(order, features, set, clear, unit, count, dataPool, cloneFormat, metadata);
        }
    }

    private ImageOptions(Values values) {
        this.values = values;
    }

    private ImageOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(values);
        change.accept(draft);
        return new ImageOptions(draft.values());
    }

    /** Returns the base-2 logarithm of the object size; 22 (4 MiB) by default. */
    public OptionalInt order() {
        return values.order;
    }

    /**
     * Returns the features to begin with, bits of {@link Features}; if empty, those of rbd_default_features that the
     * OSDs know, for a clone the parent's.
     */
    public OptionalLong features() {
        return values.features;
    }

    /** Returns the features that are added to those. */
    public long featuresSet() {
        return values.set;
    }

    /** Returns the features that are taken from those; one that is to be added too stays as it is. */
    public long featuresClear() {
        return values.clear;
    }

    /** Returns the stripe unit in bytes; the object size by default. */
    public OptionalLong stripeUnit() {
        return values.unit;
    }

    /** Returns the number of objects that stripes go over; 1 by default. */
    public OptionalLong stripeCount() {
        return values.count;
    }

    /** Returns the name of the pool for data objects; the image's own by default. */
    public Optional<String> dataPool() {
        return values.dataPool;
    }

    /** Returns the format of a clone, 1 or 2; by default what the configuration and the cluster say. */
    public OptionalInt cloneFormat() {
        return values.cloneFormat;
    }

    /** Returns the metadata that it has from the beginning; a clone gets its parent's besides. */
    public Map<String, String> metadata() {
        return values.metadata;
    }

    /**
     * The features with those that are added and without those that are taken away.
     *
     * @param open what to begin with if that is left open
     */
    public long resolveFeatures(long open) {
        long conflict = values.set & values.clear;
        long base = values.features.orElse(open);
        return (base | values.set & ~conflict) & ~(values.clear & ~conflict);
    }

    /**
     * Sets the size of objects.
     *
     * @param order its base-2 logarithm; creating fails with EDOM unless it is 12 to 25
     * @throws IllegalArgumentException unless it is 1 to 62
     */
    public ImageOptions withOrder(int order) {
        if (order < 1 || order > 62) {
            throw new IllegalArgumentException("order: objects of 2^" + order + " bytes");
        }
        return with(draft -> draft.order = OptionalInt.of(order));
    }

    /** Sets the features to begin with. */
    public ImageOptions withFeatures(long features) {
        return with(draft -> draft.features = OptionalLong.of(features));
    }

    /**
     * Sets the features to begin with.
     *
     * @param names joined by commas, or a number
     * @throws IllegalArgumentException for an unknown name
     */
    public ImageOptions withFeatures(String names) {
        return withFeatures(Features.parse(Objects.requireNonNull(names, "names")));
    }

    /** Leaves it open which features to begin with. */
    public ImageOptions withDefaultFeatures() {
        return with(draft -> draft.features = OptionalLong.empty());
    }

    /** Adds features to those that it would have, instead of those that were to be added before. */
    public ImageOptions withFeaturesSet(long bits) {
        return with(draft -> draft.set = bits);
    }

    /** Takes features from those that it would have, instead of those that were to be taken before. */
    public ImageOptions withFeaturesClear(long bits) {
        return with(draft -> draft.clear = bits);
    }

    /**
     * Stripes the data.
     *
     * @param unit bytes, of which an object has a whole number; creating fails with EINVAL for others
     * @param count objects
     * @throws IllegalArgumentException below 1
     */
    public ImageOptions withStriping(long unit, long count) {
        if (unit < 1) {
            throw new IllegalArgumentException("unit: stripes of " + unit + " bytes");
        }
        if (count < 1) {
            throw new IllegalArgumentException("count: stripes over " + count + " objects");
        }
        return striped(OptionalLong.of(unit), OptionalLong.of(count));
    }

    /** Leaves the striping open. */
    public ImageOptions withDefaultStriping() {
        return striped(OptionalLong.empty(), OptionalLong.empty());
    }

    private ImageOptions striped(OptionalLong unit, OptionalLong count) {
        return with(draft -> {
            draft.unit = unit;
            draft.count = count;
        });
    }

    /**
     * Puts the data objects into a pool.
     *
     * @param name of the pool
     * @throws IllegalArgumentException if it is empty
     */
    public ImageOptions withDataPool(String name) {
        if (Objects.requireNonNull(name, "name").isEmpty()) {
            throw new IllegalArgumentException("name: a pool without a name");
        }
        return with(draft -> draft.dataPool = Optional.of(name));
    }

    /**
     * Sets the format of a clone.
     *
     * @throws IllegalArgumentException unless it is 1 or 2
     */
    public ImageOptions withCloneFormat(int format) {
        if (format != 1 && format != 2) {
            throw new IllegalArgumentException("format: clones have format 1 or 2, not " + format);
        }
        return with(draft -> draft.cloneFormat = OptionalInt.of(format));
    }

    /** Adds metadata that is there as soon as the image can be opened. */
    public ImageOptions withMetadata(String key, String value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        Map<String, String> more = new TreeMap<>(values.metadata);
        more.put(key, value);
        return with(draft -> draft.metadata = Collections.unmodifiableMap(more));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImageOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Names what is not left open. */
    @Override
    public String toString() {
        return "ImageOptions" + values.toString().substring("Values".length());
    }
}
