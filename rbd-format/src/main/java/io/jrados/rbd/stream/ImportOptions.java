package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import io.jrados.rbd.model.ImageOptions;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The choices of an import. Immutable; begin with {@link #DEFAULT}.
 */
public final class ImportOptions {
    /** Format 1; the image as the configuration says. */
    public static final ImportOptions DEFAULT =
            new ImportOptions(new Values(1, ImageOptions.DEFAULT, OptionalLong.empty(), Image.DEFAULT_DEPTH));

    private final Values values;

    /** The choices, where callers cannot depend on how many there are. */
    private record Values(int format, ImageOptions image, OptionalLong size, int depth) {
        Values {
            DiffExportOptions.check(format, depth);
        }
    }

    private ImportOptions(Values values) {
        this.values = values;
    }

    /**
     * Returns 1 for the image's bytes alone, 2 for properties, metadata and snapshots too: as it was exported, for the
     * stream of format 1 does not tell.
     */
    public int format() {
        return values.format;
    }

    /** Returns the options of the new image; with format 2, what they leave open is as the stream says. */
    public ImageOptions image() {
        return values.image;
    }

    /**
     * Returns the bytes of the image, for a source of format 1 that cannot tell them itself, as a pipe; one that has
     * fewer or more then fails. Left open, such a source may end anywhere.
     */
    public OptionalLong size() {
        return values.size;
    }

    /** Returns the number of pieces of 4 MiB that are being written at a time. */
    public int depth() {
        return values.depth;
    }

    /** Sets the format; an IllegalArgumentException unless it is 1 or 2. */
    public ImportOptions withFormat(int format) {
        return new ImportOptions(new Values(format, values.image, values.size, values.depth));
    }

    /** Sets the options of the new image. */
    public ImportOptions withImage(ImageOptions image) {
        Objects.requireNonNull(image, "image");
        return new ImportOptions(new Values(values.format, image, values.size, values.depth));
    }

    /** Sets the number of bytes that the source must have; an IllegalArgumentException if it is negative. */
    public ImportOptions withSize(long size) {
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size);
        }
        return new ImportOptions(new Values(values.format, values.image, OptionalLong.of(size), values.depth));
    }

    /** Sets the depth; an IllegalArgumentException unless it is 0 to {@link Image#MAX_DEPTH}. */
    public ImportOptions withDepth(int depth) {
        return new ImportOptions(new Values(values.format, values.image, values.size, depth));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImportOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "ImportOptions" + values.toString().substring("Values".length());
    }
}
