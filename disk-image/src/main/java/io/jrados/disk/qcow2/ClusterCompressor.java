package io.jrados.disk.qcow2;

import java.util.zip.Deflater;

/**
 * Compresses clusters as QEMU does: raw deflate data, and only where they become smaller than a cluster. The same bytes
 * always give the same result.
 *
 * <p>QEMU compresses with a window of 4 KiB and names that size when it expands, but it expands a cluster in one piece,
 * where zlib looks for what is repeated in the output itself (block/qcow2-threads.c): the JDK's window of 32 KiB does
 * no harm.
 */
final class ClusterCompressor implements AutoCloseable {
    private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    private final byte[] out;

    ClusterCompressor(int clusterSize) {
        out = new byte[clusterSize];
    }

    /** Returns the number of bytes in {@link #out}, or {@link ClusterPlan#PLAIN} if compressing does not pay. */
    int compress(byte[] cluster) {
        deflater.reset();
        deflater.setInput(cluster);
        deflater.finish();
        int length = deflater.deflate(out, 0, out.length - 1);
        return deflater.finished() ? length : ClusterPlan.PLAIN;
    }

    byte[] out() {
        return out;
    }

    @Override
    public void close() {
        deflater.end();
    }
}
