package io.jrados.rados;

/**
 * The quota of a pool. The manager marks a pool that is over it full, a few seconds later; writes then wait, or fail
 * with EDQUOT if they say so.
 *
 * @param maxBytes 0 for no limit
 * @param maxObjects 0 for no limit
 */
public record PoolQuota(long maxBytes, long maxObjects) {
    /** No limit. */
    public static final PoolQuota NONE = new PoolQuota(0, 0);

    public PoolQuota {
        if (maxBytes < 0 || maxObjects < 0) {
            throw new IllegalArgumentException("a quota of " + maxBytes + " bytes and " + maxObjects + " objects");
        }
    }
}
