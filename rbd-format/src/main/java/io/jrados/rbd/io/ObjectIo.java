package io.jrados.rbd.io;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * Requests to single data objects of one image, by object number. Offsets and lengths are bytes within the object.
 *
 * <p>Writes use the snapshot context and the overlap of {@link ImageView#state()} at the time of the call, so the
 * caller is inside the gate or holds it.
 */
public interface ObjectIo {
    /** Fills {@code into}, from the parent or with zeroes where the object has nothing. */
    CompletableFuture<Void> read(long object, long offset, ByteBuffer into);

    /** Writes, after a copy-up where the parent has data. */
    CompletableFuture<Void> write(long object, long offset, ByteBuffer data);

    /** Makes a range zero and gives its space back; never uncovers the parent. Exact: no rounding to a granularity. */
    CompletableFuture<Void> discard(long object, long offset, long length);

    /**
     * Cuts an object off at {@code offset}, at 0 deletes it, which may uncover the parent: for shrinking. What
     * snapshots see is copied up before.
     */
    CompletableFuture<Void> trim(long object, long offset);

    /**
     * As {@link #trim} of a whole object, one of many: the caller tells the object map before and after, by
     * {@link ObjectMap#deleting} and {@link ObjectMap#deleted}.
     */
    CompletableFuture<Void> remove(long object);

    /** Copies what the parent has of the object, unless the object exists: for flattening. */
    CompletableFuture<Void> copyUp(long object);
}
