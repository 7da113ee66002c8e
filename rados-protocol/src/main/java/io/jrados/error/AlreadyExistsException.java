package io.jrados.error;

/** The object, image, snapshot or pool exists already. */
public final class AlreadyExistsException extends RadosException {
    private static final long serialVersionUID = 1L;

    /** @param doing what was being done, as a participle */
    public AlreadyExistsException(String doing, Throwable cause) {
        super(Errno.EEXIST, doing, cause);
    }

    private AlreadyExistsException(AlreadyExistsException original) {
        super(original);
    }

    @Override
    public AlreadyExistsException copy() {
        return new AlreadyExistsException(this);
    }
}
