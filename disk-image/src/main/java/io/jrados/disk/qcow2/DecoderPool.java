package io.jrados.disk.qcow2;

import io.jrados.disk.codec.InflateDecompressor;
import io.jrados.disk.codec.ZstdDecompressor;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/** The decoders of an image: as many as threads ever expanded clusters at once, the one used last first. */
final class DecoderPool {
    private final boolean isZstd;
    private final int clusterSize;
    private final Deque<ClusterDecoder> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    DecoderPool(Header header) {
        isZstd = header.zstd();
        clusterSize = header.clusterSize();
    }

    ClusterDecoder take() {
        ClusterDecoder decoder = idle.pollFirst();
        return decoder != null
                ? decoder
                : new ClusterDecoder(isZstd ? new ZstdDecompressor() : new InflateDecompressor(), clusterSize);
    }

    void giveBack(ClusterDecoder decoder) {
        idle.addFirst(decoder);
        if (closed) {
            close();
        }
    }

    void close() {
        closed = true;
        for (ClusterDecoder decoder = idle.pollFirst(); decoder != null; decoder = idle.pollFirst()) {
            decoder.close();
        }
    }
}
