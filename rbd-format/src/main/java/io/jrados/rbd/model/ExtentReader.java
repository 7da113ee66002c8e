package io.jrados.rbd.model;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** A function that is lent the stored bytes of an image, in the memory into which it came from the network. */
@FunctionalInterface
public interface ExtentReader {
    /**
     * Called on an I/O loop, perhaps on several at once: it must not block.
     *
     * @param offset bytes into the image
     * @param bytes read-only
     * @return completes when nobody uses the bytes any more
     */
    CompletableFuture<?> read(long offset, ByteBuffer bytes);
}
