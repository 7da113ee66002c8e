package io.jrados.osdmap;

import io.jrados.wire.Utime;
import java.util.Map;

/**
 * A pool's snapshots, when it has those of the pool's own kind.
 *
 * @param seq the newest snapshot id given out
 * @param epoch of the map that gave it out
 * @param byId pool snapshots; empty for a pool with self-managed ones, as RBD's are
 */
public record PoolSnaps(long seq, long epoch, Map<Long, Snap> byId) {
    /** One snapshot of a pool: pool_snap_info_t. */
    public record Snap(long id, Utime stamp, String name) {}
}
