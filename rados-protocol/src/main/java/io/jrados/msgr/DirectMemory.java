package io.jrados.msgr;

import io.netty.util.internal.PlatformDependent;

/**
 * The memory outside of the heap that this JVM may use. Whatever a client receives into, keeps, has under way and lends
 * is bounded by a share of it, so that a small JVM gets slower and not stuck: memory that cannot be had ends
 * connections.
 */
public final class DirectMemory {
    private static final long LIMIT = PlatformDependent.estimateMaxDirectMemory();

    private DirectMemory() {}

    /** Bytes at most: {@code -XX:MaxDirectMemorySize}; without it, as much as the heap may have. */
    public static long limit() {
        return LIMIT;
    }

    /** A budget in bytes, cut to the limit divided by {@code parts}. */
    public static long share(long budget, int parts) {
        return share(budget, parts, LIMIT);
    }

    static long share(long budget, int parts, long limit) {
        return Math.max(1, Math.min(budget, limit / parts));
    }

    /** Returns a clause that says why memory was missing; the JVM itself says how much there is of the direct kind. */
    static String missing(Throwable cause) {
        return "for want of memory (" + cause.getMessage() + "; -XX:MaxDirectMemorySize is " + LIMIT + " bytes)";
    }
}
