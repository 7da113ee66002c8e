package io.jrados.error;

/**
 * This instance was fenced: an OSD map has its address on the blocklist. It stays unusable for good, also when the
 * entry is removed or expires, because what it had under way was refused and its watches and locks are gone. A program
 * comes back by closing it and connecting anew: a new instance has an address of its own, which no entry names, and
 * need not wait for the old one's entry to go.
 */
public final class FencedException extends RadosException {
    private static final long serialVersionUID = 1L;

    /** @param doing what was being done, as a participle */
    public FencedException(String doing, Throwable cause) {
        super(Errno.EBLOCKLISTED, doing, cause);
    }

    private FencedException(FencedException original) {
        super(original);
    }

    @Override
    public FencedException copy() {
        return new FencedException(this);
    }
}
