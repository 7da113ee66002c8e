package io.jrados.osdmap;

/**
 * The settings that decide where a pool's groups are.
 *
 * @param type {@link #REPLICATED} or {@link #ERASURE}
 * @param size copies or shards
 * @param minSize the copies without which a group takes no operation
 * @param crushRule number of the rule
 * @param objectHash {@link ObjectHash}'s number of the hash of names
 * @param pgNum groups, at least 1
 * @param pgpNum groups that are placed by themselves, at least 1
 * @param pgNumPending pg_num as it will be after the merges under way
 */
public record PoolShape(
        int type, int size, int minSize, int crushRule, int objectHash, int pgNum, int pgpNum, int pgNumPending) {
    public static final int REPLICATED = 1;
    public static final int ERASURE = 3;
}
