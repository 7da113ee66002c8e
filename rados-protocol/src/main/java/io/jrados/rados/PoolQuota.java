package io.jrados.rados;

import java.util.OptionalLong;

/**
 * The quota of a pool. The manager marks a pool that is over it full, a few seconds later; writes then wait, or fail
 * with EDQUOT if they say so. Immutable; begin with {@link #NONE}.
 */
public final class PoolQuota {
    /** No limit. */
    public static final PoolQuota NONE = new PoolQuota(new Values(OptionalLong.empty(), OptionalLong.empty()));

    private final Values values;

    private record Values(OptionalLong bytes, OptionalLong objects) {}

    private PoolQuota(Values values) {
        this.values = values;
    }

    /** Returns the number of bytes that the pool may hold; empty for any number. */
    public OptionalLong maxBytes() {
        return values.bytes;
    }

    /** Returns the number of objects that the pool may hold; empty for any number. */
    public OptionalLong maxObjects() {
        return values.objects;
    }

    /** @throws IllegalArgumentException below 1 */
    public PoolQuota withMaxBytes(long bytes) {
        return new PoolQuota(new Values(limit(bytes, "bytes"), values.objects));
    }

    /** @throws IllegalArgumentException below 1 */
    public PoolQuota withMaxObjects(long objects) {
        return new PoolQuota(new Values(values.bytes, limit(objects, "objects")));
    }

    /** The quota in the map's form, in which 0 is no limit. */
    static PoolQuota of(long bytes, long objects) {
        return new PoolQuota(new Values(
                bytes == 0 ? OptionalLong.empty() : OptionalLong.of(bytes),
                objects == 0 ? OptionalLong.empty() : OptionalLong.of(objects)));
    }

    private static OptionalLong limit(long count, String name) {
        if (count < 1) {
            throw new IllegalArgumentException(name + ": a quota of " + count);
        }
        return OptionalLong.of(count);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PoolQuota that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "PoolQuota" + values.toString().substring("Values".length());
    }
}
