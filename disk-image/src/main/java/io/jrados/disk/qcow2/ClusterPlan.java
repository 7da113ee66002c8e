package io.jrados.disk.qcow2;

import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.Extent;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The state of every cluster of an image that is to be written, known before the first byte is: the tables stand in
 * front of the data. It takes two bits for each cluster of the virtual disk, and a number for each that is compressed.
 */
final class ClusterPlan {
    /** The stored size of a cluster that is not compressed. */
    static final int PLAIN = 0;

    private final DiskImage image;
    private final int clusterSize;
    private final long size;
    private final BitSet data = new BitSet();
    private final BitSet zeros = new BitSet();
    /** For each cluster with data, in their order: the compressed size, or {@link #PLAIN}. */
    private int[] stored = new int[0];

    private int plain;
    private long compressedBytes;

    ClusterPlan(DiskImage image, int clusterSize) throws RadosException {
        this.image = image;
        this.clusterSize = clusterSize;
        size = image.virtualSize();
        if ((size + clusterSize - 1) / clusterSize >= Integer.MAX_VALUE) {
            throw new RadosException(
                    Errno.EFBIG, "writing " + size + " bytes as qcow2 with clusters of " + clusterSize + " bytes");
        }
        for (long at = 0; at < size; ) {
            Extent extent = image.extent(at, Long.MAX_VALUE);
            int first = (int) (at / clusterSize);
            int behind = (int) ((extent.end() + clusterSize - 1) / clusterSize);
            switch (extent.kind()) {
                case DATA -> data.set(first, behind);
                case ZERO -> zeros.set(first, behind);
                case ABSENT -> {}
            }
            at = extent.end();
        }
        zeros.andNot(data);
        plain = data.cardinality();
    }

    /** Reads all data once to learn how large each cluster becomes, and which are zeros after all. */
    void compressAll(ClusterCompressor compressor) throws RadosException {
        stored = new int[plain];
        byte[] cluster = new byte[clusterSize];
        int count = 0;
        plain = 0;
        for (int i = data.nextSetBit(0); i >= 0; i = data.nextSetBit(i + 1)) {
            read(i, 1, cluster);
            if (isZero(cluster)) {
                data.clear(i);
                zeros.set(i);
                continue;
            }
            int length = compressor.compress(cluster);
            plain += length == PLAIN ? 1 : 0;
            compressedBytes += length;
            stored[count++] = length;
        }
        stored = Arrays.copyOf(stored, count);
    }

    private static boolean isZero(byte[] cluster) {
        return cluster[0] == 0 && Arrays.equals(cluster, 0, cluster.length - 1, cluster, 1, cluster.length);
    }

    /** Reads clusters that follow each other, with zeros behind the virtual disk's end. */
    void read(int first, int count, byte[] into) throws RadosException {
        long offset = (long) first * clusterSize;
        int length = (int) Math.min((long) count * clusterSize, size - offset);
        image.read(offset, ByteBuffer.wrap(into, 0, length));
        Arrays.fill(into, length, count * clusterSize, (byte) 0);
    }

    boolean hasData(int cluster) {
        return data.get(cluster);
    }

    boolean isZero(int cluster) {
        return zeros.get(cluster);
    }

    /** The first cluster from one on that has data, -1 if there is none. */
    int nextData(int from) {
        return data.nextSetBit(from);
    }

    /** Whether any cluster of a range has an entry in a table. */
    boolean hasAny(long first, long behind) {
        int end = (int) Math.min(behind, Integer.MAX_VALUE);
        int nextData = data.nextSetBit((int) first);
        int nextZeros = zeros.nextSetBit((int) first);
        return nextData >= 0 && nextData < end || nextZeros >= 0 && nextZeros < end;
    }

    /** The stored size of the n-th cluster with data. */
    int stored(int number) {
        return stored.length == 0 ? PLAIN : stored[number];
    }

    int dataClusters() {
        return data.cardinality();
    }

    int plainClusters() {
        return plain;
    }

    long compressedBytes() {
        return compressedBytes;
    }
}
