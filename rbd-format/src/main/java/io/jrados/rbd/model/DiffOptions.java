package io.jrados.rbd.model;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The choice of differences of an image. The later state is always the one that is open, head or snapshot.
 *
 * @param fromSnapshot name of the user's snapshot that is the earlier state
 * @param fromSnapshotId id of the snapshot, of any namespace, that is the earlier state; with neither, the earlier
 *     state is that of an image without any data
 * @param offset bytes, where the range begins that is looked at
 * @param length bytes of that range; what is past the image's end counts for nothing
 * @param includeParent whether data that is still the parent's alone counts as the image's; only without an earlier
 *     state
 * @param wholeObjects whether a changed object is told of as a whole. It is told of by the object maps alone if those
 *     are kept and valid at each snapshot in between: nothing else is fast
 */
public record DiffOptions(
        Optional<String> fromSnapshot,
        OptionalLong fromSnapshotId,
        long offset,
        long length,
        boolean includeParent,
        boolean wholeObjects) {
    /** All data of the image, its parent's too, byte by byte. */
    public static final DiffOptions ALL =
            new DiffOptions(Optional.empty(), OptionalLong.empty(), 0, Long.MAX_VALUE, true, false);

    public DiffOptions {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("differences of " + length + " bytes at " + offset);
        }
    }

    /** Since the user's snapshot of that name. */
    public DiffOptions since(String snapshot) {
        return new DiffOptions(
                Optional.of(snapshot), OptionalLong.empty(), offset, length, includeParent, wholeObjects);
    }

    /** Since the snapshot of that id, of any namespace. */
    public DiffOptions since(long snapshotId) {
        return new DiffOptions(
                Optional.empty(), OptionalLong.of(snapshotId), offset, length, includeParent, wholeObjects);
    }

    /** Within a range only. */
    public DiffOptions within(long from, long bytes) {
        return new DiffOptions(fromSnapshot, fromSnapshotId, from, bytes, includeParent, wholeObjects);
    }

    /** Only of what the image itself has. */
    public DiffOptions withoutParent() {
        return new DiffOptions(fromSnapshot, fromSnapshotId, offset, length, false, wholeObjects);
    }

    /** By whole objects. */
    public DiffOptions byObject() {
        return new DiffOptions(fromSnapshot, fromSnapshotId, offset, length, includeParent, true);
    }
}
