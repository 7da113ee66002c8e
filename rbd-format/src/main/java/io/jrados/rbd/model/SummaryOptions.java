package io.jrados.rbd.model;

/** The choices of describing all images of a pool. Immutable; begin with {@link #DEFAULT}. */
public final class SummaryOptions {
    /** The largest width. */
    public static final int MAX_WIDTH = 1024;

    /** As many at a time as suits most clusters, without the room that images take. */
    public static final SummaryOptions DEFAULT = new SummaryOptions(new Values(64, false));

    private final Values values;

    private record Values(int width, boolean usage) {}

    private SummaryOptions(Values values) {
        this.values = values;
    }

    /** Returns the number of images that are looked at at a time. */
    public int width() {
        return values.width;
    }

    /** Whether object maps are read, which tell what images take. */
    public boolean includeUsage() {
        return values.usage;
    }

    /** Sets the width; an IllegalArgumentException unless it is 1 to {@link #MAX_WIDTH}. */
    public SummaryOptions withWidth(int width) {
        if (width < 1 || width > MAX_WIDTH) {
            throw new IllegalArgumentException("width " + width + ", which is not from 1 to " + MAX_WIDTH);
        }
        return new SummaryOptions(new Values(width, values.usage));
    }

    /** Reads the object maps too: one more operation for each image that has a valid one. */
    public SummaryOptions withUsage() {
        return new SummaryOptions(new Values(values.width, true));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SummaryOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "SummaryOptions" + values.toString().substring("Values".length());
    }
}
