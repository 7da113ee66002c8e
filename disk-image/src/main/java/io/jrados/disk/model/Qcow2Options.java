package io.jrados.disk.model;

/**
 * The way in which an image is written as qcow2.
 *
 * @param clusterSize in bytes, a power of two from 512 to 2 MiB; QEMU's own default is 64 KiB
 * @param compressed whether clusters are compressed by zlib, which takes reading the source twice
 */
public record Qcow2Options(int clusterSize, boolean compressed) {
    /** Clusters of 64 KiB, not compressed. */
    public static final Qcow2Options DEFAULT = new Qcow2Options(1 << 16, false);

    private static final int MIN_CLUSTER = 512;
    private static final int MAX_CLUSTER = 2 << 20;

    /** Refuses other cluster sizes with an {@link IllegalArgumentException}. */
    public Qcow2Options {
        if (clusterSize < MIN_CLUSTER || clusterSize > MAX_CLUSTER || Integer.bitCount(clusterSize) != 1) {
            throw new IllegalArgumentException("clusterSize: " + clusterSize + " is no power of two from 512 to 2 MiB");
        }
    }

    /** These options with compression or without. */
    public Qcow2Options compressed(boolean compress) {
        return new Qcow2Options(clusterSize, compress);
    }
}
