package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import io.jrados.rbd.model.ImageOptions;
import java.util.Objects;
import java.util.Optional;

/**
 * The choices of a copy. Immutable; begin with {@link #DEFAULT}.
 */
public final class CopyOptions {
    /** The head, as it is. */
    public static final CopyOptions DEFAULT =
            new CopyOptions(new Values(Optional.empty(), ImageOptions.DEFAULT, Image.DEFAULT_DEPTH));

    private final Values values;

    /** The choices, where callers cannot depend on how many there are. */
    private record Values(Optional<String> snapshot, ImageOptions image, int depth) {
        Values {
            DiffExportOptions.check(1, depth);
        }
    }

    private CopyOptions(Values values) {
        this.values = values;
    }

    /** Returns the snapshot that is copied; empty for the head. */
    public Optional<String> snapshot() {
        return values.snapshot;
    }

    /** Returns the options of the copy; what they leave open is as the image has it, but for its data pool. */
    public ImageOptions image() {
        return values.image;
    }

    /** Returns the number of pieces of 4 MiB that are read, and as many that are written, at a time. */
    public int depth() {
        return values.depth;
    }

    /** Sets the snapshot that is copied. */
    public CopyOptions of(String snapshot) {
        Objects.requireNonNull(snapshot, "snapshot");
        return new CopyOptions(new Values(Optional.of(snapshot), values.image, values.depth));
    }

    /** Sets the options of the copy. */
    public CopyOptions withImage(ImageOptions image) {
        Objects.requireNonNull(image, "image");
        return new CopyOptions(new Values(values.snapshot, image, values.depth));
    }

    /** Sets the depth; an IllegalArgumentException unless it is 0 to {@link Image#MAX_DEPTH}. */
    public CopyOptions withDepth(int depth) {
        return new CopyOptions(new Values(values.snapshot, values.image, depth));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CopyOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "CopyOptions" + values.toString().substring("Values".length());
    }
}
