package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import io.jrados.rbd.model.ImageOptions;
import java.util.Objects;
import java.util.Optional;

/**
 * The choices of a copy.
 *
 * @param snapshot the snapshot that is copied; empty for the head
 * @param image options of the copy; what they leave open is as the image has it, but for its data pool
 * @param depth pieces of 4 MiB that are read, and as many that are written, at a time, from 0 to
 *     {@link Image#MAX_DEPTH}
 */
public record CopyOptions(Optional<String> snapshot, ImageOptions image, int depth) {
    /** The head, as it is. */
    public static final CopyOptions DEFAULT =
            new CopyOptions(Optional.empty(), ImageOptions.DEFAULT, Image.DEFAULT_DEPTH);

    public CopyOptions {
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(image, "image");
        DiffExportOptions.check(1, depth);
    }

    /** With the snapshot that is copied. */
    public CopyOptions of(String newSnapshot) {
        return new CopyOptions(Optional.of(newSnapshot), image, depth);
    }

    /** With other options of the copy. */
    public CopyOptions withImage(ImageOptions newImage) {
        return new CopyOptions(snapshot, newImage, depth);
    }

    /** With another depth. */
    public CopyOptions withDepth(int newDepth) {
        return new CopyOptions(snapshot, image, newDepth);
    }
}
