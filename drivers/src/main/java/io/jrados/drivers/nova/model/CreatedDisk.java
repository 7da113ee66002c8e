package io.jrados.drivers.nova.model;

/**
 * The report of a disk's creation.
 *
 * @param name of its RBD image
 * @param origin where its bytes are from
 * @param size bytes
 */
public record CreatedDisk(String name, Origin origin, long size) {
    /** The ways to a disk's bytes. */
    public enum Origin {
        /** The disk was there before. */
        PRESENT,
        /** A clone of the image in Glance's pool. */
        CLONED,
        /** A download of the image. */
        IMPORTED
    }
}
