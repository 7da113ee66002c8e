package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import io.jrados.rbd.model.ImageOptions;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The choices of an import.
 *
 * @param format 1 for the image's bytes alone, 2 for properties, metadata and snapshots too: as it was exported, for
 *     the stream of format 1 does not tell
 * @param image options of the new image; with format 2, what they leave open is as the stream says
 * @param size bytes of the image, for a source of format 1 that cannot tell them itself, as a pipe; one that has fewer
 *     or more then fails. Left open, such a source may end anywhere
 * @param depth pieces of 4 MiB that are being written at a time, from 0 to {@link Image#MAX_DEPTH}
 */
public record ImportOptions(int format, ImageOptions image, OptionalLong size, int depth) {
    /** Format 1; the image as the configuration says. */
    public static final ImportOptions DEFAULT =
            new ImportOptions(1, ImageOptions.DEFAULT, OptionalLong.empty(), Image.DEFAULT_DEPTH);

    public ImportOptions {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(size, "size");
        DiffExportOptions.check(format, depth);
        if (size.isPresent() && size.getAsLong() < 0) {
            throw new IllegalArgumentException("size " + size.getAsLong() + ", which is negative");
        }
    }

    /** In another format. */
    public ImportOptions withFormat(int newFormat) {
        return new ImportOptions(newFormat, image, size, depth);
    }

    /** With other options of the new image. */
    public ImportOptions withImage(ImageOptions newImage) {
        return new ImportOptions(format, newImage, size, depth);
    }

    /** With the number of bytes that the source must have. */
    public ImportOptions withSize(long newSize) {
        return new ImportOptions(format, image, OptionalLong.of(newSize), depth);
    }

    /** With another depth. */
    public ImportOptions withDepth(int newDepth) {
        return new ImportOptions(format, image, size, newDepth);
    }
}
