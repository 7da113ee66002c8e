package io.jrados.error;

/** Somebody else uses it: a watcher, a lock's owner, a child, a protection. */
public final class BusyException extends RadosException {
    private static final long serialVersionUID = 1L;

    /** @param doing what was being done, as a participle */
    public BusyException(String doing, Throwable cause) {
        super(Errno.EBUSY, doing, cause);
    }

    private BusyException(BusyException original) {
        super(original);
    }

    @Override
    public BusyException copy() {
        return new BusyException(this);
    }
}
