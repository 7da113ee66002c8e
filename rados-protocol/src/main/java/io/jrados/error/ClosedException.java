package io.jrados.error;

/**
 * The client, image, lock or watch that was used is closed, or was closed before the answer came. Unlike a
 * {@link FencedException} this says nothing about the cluster: somebody in this program called {@code close}. A change
 * that had been sent before may or may not have been made.
 */
public final class ClosedException extends RadosException {
    private static final long serialVersionUID = 1L;

    /**
     * @param doing what was being done, as a participle, and what is closed: "reading from image a, which is closed"
     */
    public ClosedException(String doing) {
        this(doing, null);
    }

    /** As {@link #ClosedException(String)}, with the cause. */
    public ClosedException(String doing, Throwable cause) {
        super(Errno.EBADF, doing, cause);
    }

    private ClosedException(ClosedException original) {
        super(original);
    }

    @Override
    public ClosedException copy() {
        return new ClosedException(this);
    }
}
