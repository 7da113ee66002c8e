package io.jrados.rbd.io;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rbd.header.SnapshotState;
import java.util.List;
import java.util.Optional;

/**
 * The state of the header when it was last read. Immutable; a request looks at one of these from beginning to end.
 *
 * @param size of the head, bytes
 * @param features bits of {@link io.jrados.rbd.model.Features}
 * @param opFeatures bits of {@link io.jrados.rbd.model.OpFeatures}
 * @param flags of the head's object map: 1 object map invalid, 2 fast diff invalid
 * @param snapContext for writes to data objects; its sequence may be over the newest snapshot's
 * @param snapshots of all namespaces, oldest first
 * @param parent of the head or of any snapshot
 */
public record ImageState(
        long size,
        long features,
        long opFeatures,
        long flags,
        SnapContext snapContext,
        List<SnapshotState> snapshots,
        Optional<ParentState> parent) {

    public ImageState {
        snapshots = List.copyOf(snapshots);
    }

    public boolean has(long feature) {
        return (features & feature) != 0;
    }

    /** The user's snapshot of that name. */
    public Optional<SnapshotState> snapshot(String name) {
        return snapshots.stream()
                .filter(snapshot -> snapshot.isUsers() && snapshot.name().equals(name))
                .findFirst();
    }

    public Optional<SnapshotState> snapshot(long id) {
        return snapshots.stream().filter(snapshot -> snapshot.id() == id).findFirst();
    }

    /**
     * Bytes of the head or of a snapshot.
     *
     * @param snapId {@link SnapContext#HEAD} or a snapshot's id
     * @throws RadosException ENOENT without that snapshot
     */
    public long sizeAt(long snapId) throws RadosException {
        return snapId == SnapContext.HEAD ? size : at(snapId).size();
    }

    /** Bytes from the start that the head, or a snapshot, shares with the parent; 0 without one. */
    public long overlapAt(long snapId) throws RadosException {
        return snapId == SnapContext.HEAD
                ? parent.flatMap(ParentState::headOverlap).orElse(0L)
                : at(snapId).overlap();
    }

    private SnapshotState at(long snapId) throws RadosException {
        return snapshot(snapId)
                .orElseThrow(() -> RadosException.of(Errno.ENOENT, "looking for snapshot " + snapId + " of an image"));
    }
}
