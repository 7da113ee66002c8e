package io.jrados.osdmap;

/**
 * Everything whose change starts a new interval of a group, and so may make an OSD forget operations that were sent to
 * it (PastIntervals::is_new_interval, src/osd/osd_types.cc; Objecter::_calc_target, src/osdc/Objecter.cc). Taken from a
 * map when an operation is placed, and compared with what a newer map says.
 *
 * @param raw the object's raw group
 * @param pg the group it folds into
 * @param sortBitwise of the map's flags
 * @param recoveryDeletes of the map's flags
 * @param ecOptimizations of the pool's flags
 */
public record Interval(
        PgId raw,
        PgId pg,
        Placement placement,
        PoolShape shape,
        PoolPeering peering,
        boolean sortBitwise,
        boolean recoveryDeletes,
        boolean ecOptimizations) {

    /** Whether a new interval began between {@code before} and this: what watches and per-group commands ask. */
    public boolean isNewSince(Interval before) {
        return !raw.equals(before.raw)
                || !placement.equals(before.placement)
                || shape.size() != before.shape.size()
                || shape.minSize() != before.shape.minSize()
                || splitOrMerged(before)
                || pendingMergeChanged(before)
                || !peering.equals(before.peering)
                || sortBitwise != before.sortBitwise
                || recoveryDeletes != before.recoveryDeletes
                || ecOptimizations != before.ecOptimizations;
    }

    /** Whether an operation sent under {@code before} must be sent again: its primary moved, or its group was cut. */
    public boolean needsResendSince(Interval before) {
        return !raw.equals(before.raw) || placement.primaryDiffers(before.placement) || splitOrMerged(before);
    }

    private boolean splitOrMerged(Interval before) {
        int was = before.shape.pgNum();
        int is = shape.pgNum();
        return before.pg.splits(was, is) || before.pg.mergesAway(was, is) || before.pg.mergesOthers(was, is);
    }

    private boolean pendingMergeChanged(Interval before) {
        int was = before.shape.pgNumPending();
        int is = shape.pgNumPending();
        return before.pg.mergesAway(was, is)
                || before.pg.mergesAway(is, was)
                || before.pg.mergesOthers(was, is)
                || before.pg.mergesOthers(is, was);
    }

    /** The shard that the primary leads with, for the encoded group id of an operation; -1 when replicated. */
    public int primaryShard() {
        return placement.primaryShard();
    }
}
