package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import java.io.IOException;

/** Writes the bytes of a new image, see {@link ImageStreams#makeImage}. */
@FunctionalInterface
public interface ImageFilling {
    /**
     * Writes them, and returns when all writes have ended.
     *
     * @param image of the size that was asked for, all zeroes; closed and flushed by the caller
     * @throws IOException ends the making: no image is left
     */
    void fill(Image image) throws IOException;
}
