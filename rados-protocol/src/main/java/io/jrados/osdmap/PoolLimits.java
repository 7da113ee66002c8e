package io.jrados.osdmap;

/**
 * A pool's quota and units.
 *
 * @param maxBytes 0 for no quota
 * @param maxObjects 0 for no quota
 * @param stripeWidth bytes; what appends to an erasure coded pool without overwrites align to
 * @param expectedObjects a hint from the pool's making
 */
public record PoolLimits(long maxBytes, long maxObjects, long stripeWidth, long expectedObjects) {}
