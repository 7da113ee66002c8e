package io.jrados.disk.qcow2;

import io.jrados.disk.codec.Decompressor;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import java.nio.ByteBuffer;

/** One thread's means to expand compressed clusters. It keeps the last one, for reads smaller than a cluster. */
final class ClusterDecoder {
    private static final long NONE = -1;

    private final Decompressor decompressor;
    private final byte[] cluster;
    private byte[] stored = new byte[0];
    private long kept = NONE;

    ClusterDecoder(Decompressor decompressor, int clusterSize) {
        this.decompressor = decompressor;
        cluster = new byte[clusterSize];
    }

    /** Puts a part of a compressed cluster into a buffer, which it fills. */
    void read(RandomAccessSource source, Run run, int inCluster, ByteBuffer target) throws RadosException {
        if (kept != run.host()) {
            kept = NONE;
            if (stored.length < run.stored()) {
                stored = new byte[run.stored()];
            }
            source.read(run.host(), ByteBuffer.wrap(stored, 0, run.stored()));
            expand(run);
            kept = run.host();
        }
        target.put(cluster, inCluster, target.remaining());
    }

    private void expand(Run run) throws RadosException {
        try {
            decompressor.decompress(stored, run.stored(), cluster, cluster.length);
        } catch (MalformedException wrong) {
            throw wrong.during("expanding the compressed cluster at " + run.host() + " of a qcow2 image");
        }
    }

    /** Expands a compressed cluster that was read, and returns the first bytes of it. */
    ByteBuffer expand(byte[] compressed, long guest, int length) throws RadosException {
        byte[] expanded = new byte[cluster.length];
        try {
            decompressor.decompress(compressed, compressed.length, expanded, expanded.length);
        } catch (MalformedException wrong) {
            throw wrong.during("expanding the compressed cluster of offset " + guest + " of a qcow2 image");
        }
        return ByteBuffer.wrap(expanded, 0, length);
    }

    void close() {
        decompressor.close();
    }
}
