package io.jrados.osdmap;

/**
 * The demands of a stretched pool on the OSDs that serve a group; all 0 when it is not stretched.
 *
 * @param bucketCount failure domains that must be there
 * @param bucketTarget failure domains that should be there
 * @param bucketBarrier type of those domains
 * @param mandatoryMember bucket that must be there
 */
public record PoolPeering(long bucketCount, long bucketTarget, long bucketBarrier, int mandatoryMember) {
    static final PoolPeering NONE = new PoolPeering(0, 0, 0, 0);
}
