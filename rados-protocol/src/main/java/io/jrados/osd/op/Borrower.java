package io.jrados.osd.op;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A function that is lent the bytes of a read, in the memory into which they came from the network. */
@FunctionalInterface
public interface Borrower {
    /**
     * Called once, on an I/O loop: it must not block. It is not called for an operation that fails, and may be called
     * for one that was given up.
     *
     * @param extents where the bytes belong, ascending
     * @param bytes of all extents one after the other; read-only
     * @return completes when nobody uses the bytes any more
     */
    CompletableFuture<?> use(List<SparseData.Extent> extents, ByteBuffer bytes);
}
