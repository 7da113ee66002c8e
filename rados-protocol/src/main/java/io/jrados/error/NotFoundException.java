package io.jrados.error;

/** The object, image, snapshot or pool does not exist. */
public final class NotFoundException extends RadosException {
    private static final long serialVersionUID = 1L;

    /** @param doing what was being done, as a participle */
    public NotFoundException(String doing, Throwable cause) {
        super(Errno.ENOENT, doing, cause);
    }

    private NotFoundException(NotFoundException original) {
        super(original);
    }

    @Override
    public NotFoundException copy() {
        return new NotFoundException(this);
    }
}
