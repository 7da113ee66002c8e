package io.jrados.rbd.header;

import io.jrados.rbd.format.SnapshotCalls.Protection;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.format.SnapshotRecord;
import io.jrados.rbd.model.SnapshotInfo;
import java.time.Instant;
import java.util.Optional;

/**
 * A snapshot as the header describes it.
 *
 * @param flags of its object map: 1 object map invalid, 2 fast diff invalid
 * @param parentOverlap bytes that it shares with the parent, empty without one
 */
public record SnapshotState(SnapshotRecord record, Protection protection, long flags, Optional<Long> parentOverlap) {
    /** Bytes that it shares with the parent, 0 without one. */
    public long overlap() {
        return parentOverlap.orElse(0L);
    }

    public long id() {
        return record.id();
    }

    public String name() {
        return record.name();
    }

    /** Bytes. */
    public long size() {
        return record.imageSize();
    }

    /** The snapshot as callers see it. */
    private record Info(
            long id, String name, long size, boolean isProtected, SnapshotInfo.Namespace namespace, Instant timestamp)
            implements SnapshotInfo {}

    public SnapshotInfo info() {
        return new Info(
                record.id(),
                record.name(),
                record.imageSize(),
                protection == Protection.PROTECTED,
                record.namespace().owner(),
                record.timestamp().toInstant());
    }

    /**
     * Whether writes have to preserve it: one that is in the trash namespace, and has no clone, is only waiting for the
     * rest of its removal. The cluster may have forgotten its id already, and nobody would ever trim what a write
     * preserved for it. No clone can come any more (child_attach in src/cls/rbd/cls_rbd.cc).
     */
    public boolean isNeeded() {
        return !(record.namespace() instanceof SnapshotNamespace.Trash) || record.childCount() > 0;
    }

    /** Whether a person made it. */
    public boolean isUsers() {
        return record.namespace().owner() == SnapshotInfo.Namespace.USER;
    }
}
