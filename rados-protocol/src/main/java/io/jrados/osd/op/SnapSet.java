package io.jrados.osd.op;

import java.util.List;

/**
 * An object's clones (obj_list_snap_response_t, src/include/rados/rados_types.hpp), oldest first, the head last if it
 * exists.
 *
 * @param sequence newest snapshot that the object knows
 */
public record SnapSet(List<Clone> clones, long sequence) {
    /**
     * One state of the object.
     *
     * @param id {@link SnapContext#HEAD} for the head
     * @param snaps snapshots that see it
     * @param overlaps what it shares with the next newer one
     * @param size bytes
     */
    public record Clone(long id, List<Long> snaps, List<SparseData.Extent> overlaps, long size) {}
}
