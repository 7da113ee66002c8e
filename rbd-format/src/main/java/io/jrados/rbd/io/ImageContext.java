package io.jrados.rbd.io;

import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * An image whose header has been read: what the data plane and the verbs work on. It holds no watch, no thread and
 * nothing of the cluster's; whoever wants to hear of changes watches the header and calls {@link #invalidate()}.
 *
 * <p>Everything but {@link #state()} stays as it is for the image's life.
 */
public final class ImageContext {
    private ImageContext() {}

    /**
     * Reads a header, and those of the parents.
     *
     * @param pool with the header, in the image's namespace
     * @param name for messages; the id where it is not known
     * @param snapId {@link SnapContext#HEAD}, or the snapshot to read from
     * @param readOnly whether nothing will be written: fewer features are refused then
     */
    public static CompletableFuture<ImageContext> openAsync(
            Pool pool, String id, String name, long snapId, boolean readOnly) {
        throw new UnsupportedOperationException();
    }

    /** The pool and namespace of the header. */
    public Pool pool() {
        throw new UnsupportedOperationException();
    }

    /** The pool of the data objects, in the same namespace: where snapshot ids come from. */
    public Pool dataPool() {
        throw new UnsupportedOperationException();
    }

    public String id() {
        throw new UnsupportedOperationException();
    }

    public String name() {
        throw new UnsupportedOperationException();
    }

    /** Name of the header object. */
    public String header() {
        throw new UnsupportedOperationException();
    }

    /** {@link SnapContext#HEAD} or the snapshot that is read from. */
    public long snapId() {
        throw new UnsupportedOperationException();
    }

    public boolean isReadOnly() {
        throw new UnsupportedOperationException();
    }

    /** Why it is read-only although that was not asked for: a feature that this client cannot keep true. */
    public Optional<String> whyReadOnly() {
        throw new UnsupportedOperationException();
    }

    /** What the header said last. Writers read it inside the gate. */
    public ImageState state() {
        throw new UnsupportedOperationException();
    }

    /** Requests to the single data objects; they do not pass the gate by themselves. */
    public ObjectIo objects() {
        throw new UnsupportedOperationException();
    }

    /** The header has changed: it is read anew before the next request. */
    public void invalidate() {
        throw new UnsupportedOperationException();
    }

    /** Closes the gate and waits until all writes are out. Whoever holds it may change what the header says. */
    public Gate.Hold hold() throws RadosException {
        throw new UnsupportedOperationException();
    }

    /** Reads the header anew, for one who does not hold the gate. */
    public void refresh() throws RadosException {
        throw new UnsupportedOperationException();
    }

    /** Reads the header anew, for one who holds the gate. */
    public void refresh(Gate.Hold hold) throws RadosException {
        throw new UnsupportedOperationException();
    }

    /** Makes a request that enters the gate first and leaves when it is done: for object requests of verbs. */
    public <T> CompletableFuture<T> inside(Supplier<CompletableFuture<T>> request) {
        throw new UnsupportedOperationException();
    }
}
