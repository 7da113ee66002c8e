package io.jrados.benchmarks.load;

import io.jrados.error.RadosException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Something with places to read and write: an image, or the objects of a pool. */
interface Target extends AutoCloseable {
    /** Bytes. */
    long size();

    CompletableFuture<?> read(long offset, ByteBuffer into);

    CompletableFuture<?> write(long offset, ByteBuffer data);

    @Override
    void close() throws RadosException;
}
