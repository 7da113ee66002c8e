package io.jrados.rbd.io;

import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.header.IoOptions;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An open image as the requests to its objects see it: what its header said last, the pools, and the object map. The
 * objects' requests know nothing of gates, refreshes and locks, and a child reads its parent through this too.
 */
public interface ImageView {
    /** Pool, namespace and name, as the {@code rbd} command writes them. */
    String spec();

    /** The pool and namespace of the header. */
    Pool pool();

    /** Name of the header object. */
    String header();

    Layout layout();

    /** {@link SnapContext#HEAD} or the snapshot that is read from. */
    long snapId();

    /** Returns the state that the header had when it was last read. */
    ImageState state();

    /** Returns the options that requests obey; changes with the header. */
    IoOptions options();

    /** Whether it was opened so, at a snapshot, or has a feature that this client cannot keep true. */
    boolean isReadOnly();

    /** Whether writing needs the image's lock. */
    boolean needsLock();

    /** Whether this client has the image's lock, if it has one. */
    boolean ownsLock();

    /** The data objects' pool, for changes: those in doubt count as inside the gate. */
    Pool dataPool();

    /** The data objects' pool, for reads: replicas may serve them. */
    Pool readPool();

    /** Name of a data object. */
    String dataObject(long number);

    /** Returns the object map of the head, for requests inside the gate; null without one. */
    @Nullable
    ObjectMap mapOrNull();

    /** Returns the object map of the head, for readers, who may still be there when the lock is another's. */
    @Nullable
    ObjectMap mapOfOwnerOrNull();

    /** Completes when the snapshot that is open was there after this call; fails with ENOENT if it was not. */
    CompletableFuture<Void> confirmSnapshotAsync();

    /** Sends the writes of an object that wait to be joined, before anything else is asked of it. */
    void settleWrites(long object);

    /** Copies an object that was read from the parent, if that is wanted and the lock is ours anyway. */
    void copyOnRead(ImageState state, long object);

    /** Reads a range that lies inside the image, for a child. */
    CompletableFuture<Void> readAsync(long offset, ByteBuffer into);

    /** Makes a request that enters the gate first and leaves when it is done. */
    <T> CompletableFuture<T> inside(Supplier<CompletableFuture<T>> request);
}
