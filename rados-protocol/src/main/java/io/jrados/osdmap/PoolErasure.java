package io.jrados.osdmap;

import java.util.BitSet;

/**
 * How a pool is erasure coded.
 *
 * @param profile name of its profile, empty when replicated
 * @param fastRead whether reads ask all shards
 * @param nonprimary shards that never lead a group (allow_ec_optimizations), empty otherwise; not to be changed
 */
public record PoolErasure(String profile, boolean fastRead, BitSet nonprimary) {}
