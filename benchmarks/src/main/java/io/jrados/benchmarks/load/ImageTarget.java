package io.jrados.benchmarks.load;

import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** An open image. */
record ImageTarget(Image image) implements Target {
    @Override
    public long size() {
        return image.size();
    }

    @Override
    public CompletableFuture<?> read(long offset, ByteBuffer into) {
        return image.readAsync(offset, into);
    }

    @Override
    public CompletableFuture<?> write(long offset, ByteBuffer data) {
        return image.writeAsync(offset, data);
    }

    @Override
    public void close() throws RadosException {
        image.close();
    }
}
