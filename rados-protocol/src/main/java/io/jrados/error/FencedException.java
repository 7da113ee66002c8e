package io.jrados.error;

/** This instance was fenced (blocklisted). It stays unusable for good: make a new one. */
public final class FencedException extends RadosException {
    private static final long serialVersionUID = 1L;

    /** @param doing what was being done, as a participle */
    public FencedException(String doing, Throwable cause) {
        super(Errno.EBLOCKLISTED, doing, cause);
    }
}
