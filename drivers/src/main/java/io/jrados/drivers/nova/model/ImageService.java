package io.jrados.drivers.nova.model;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;

/** The part of Glance that disks need. The program that embeds the driver has the client of Glance. */
public interface ImageService {
    /** Describes an image. */
    BaseImage describe(String imageId) throws IOException;

    /**
     * Opens the bytes of an image as Glance stores it; the caller closes the channel. A channel that can seek, such as
     * a file's, lets every qcow2 image be read; from others some would have to be kept in memory, and are refused.
     */
    ReadableByteChannel download(String imageId) throws IOException;

    /** Begins to copy an image into another store of Glance. */
    default void copyToStore(String imageId, String store) throws IOException {
        throw new UnsupportedOperationException("copying image " + imageId + " to store " + store);
    }

    /**
     * Tells whether such a copy is done.
     *
     * @throws IOException the copy failed
     */
    default boolean isInStore(String imageId, String store) throws IOException {
        return false;
    }
}
