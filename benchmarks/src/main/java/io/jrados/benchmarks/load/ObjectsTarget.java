package io.jrados.benchmarks.load;

import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Whole objects of a pool, as {@code rados bench} writes them: each place is an object. */
record ObjectsTarget(Pool pool, String prefix, int objectSize, int count) implements Target {
    @Override
    public long size() {
        return (long) objectSize * count;
    }

    private String name(long offset) {
        return prefix + offset / objectSize;
    }

    @Override
    public CompletableFuture<?> read(long offset, ByteBuffer into) {
        return pool.readAsync(name(offset), 0, into);
    }

    @Override
    public CompletableFuture<?> write(long offset, ByteBuffer data) {
        return pool.operateAsync(name(offset), new WriteOperation().writeFull(data));
    }

    @Override
    public void close() {
        // The pool is the client's.
    }
}
