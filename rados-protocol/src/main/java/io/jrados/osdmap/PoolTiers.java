package io.jrados.osdmap;

import java.util.List;

/**
 * A pool's place in a cache tier; a pool number of -1 stands for none.
 *
 * @param tiers pools that are tiers of this one
 * @param tierOf the pool that this one is a tier of
 * @param cacheMode cache_mode_t
 * @param readTier where reads go instead
 * @param writeTier where writes go instead
 */
public record PoolTiers(List<Long> tiers, long tierOf, int cacheMode, long readTier, long writeTier) {}
