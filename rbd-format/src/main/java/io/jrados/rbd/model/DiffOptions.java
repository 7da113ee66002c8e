package io.jrados.rbd.model;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The choice of differences of an image. The later state is always the one that is open, head or snapshot. Immutable;
 * begin with {@link #ALL}.
 */
public final class DiffOptions {
    /** All data of the image, its parent's too, byte by byte. */
    public static final DiffOptions ALL =
            new DiffOptions(new Values(Optional.empty(), OptionalLong.empty(), 0, Long.MAX_VALUE, true, false));

    private final Values values;

    private record Values(
            Optional<String> name, OptionalLong id, long offset, long length, boolean parent, boolean whole) {}

    private DiffOptions(Values values) {
        this.values = values;
    }

    /** Returns the name of the user's snapshot that is the earlier state. */
    public Optional<String> fromSnapshot() {
        return values.name;
    }

    /**
     * Returns the id of the snapshot, of any namespace, that is the earlier state; with neither name nor id, the
     * earlier state is that of an image without any data.
     */
    public OptionalLong fromSnapshotId() {
        return values.id;
    }

    /** Returns the byte where the range begins that is looked at. */
    public long offset() {
        return values.offset;
    }

    /** Returns the bytes of that range; what is past the image's end counts for nothing. */
    public long length() {
        return values.length;
    }

    /** Whether data that is still the parent's alone counts as the image's; only without an earlier state. */
    public boolean includeParent() {
        return values.parent;
    }

    /**
     * Whether a changed object is told of as a whole. It is told of by the object maps alone if those are kept and
     * valid at each snapshot in between: nothing else is fast.
     */
    public boolean wholeObjects() {
        return values.whole;
    }

    /** Since the user's snapshot of that name. */
    public DiffOptions since(String snapshot) {
        return since(Optional.of(Objects.requireNonNull(snapshot, "snapshot")), OptionalLong.empty());
    }

    /** Since the snapshot of that id, of any namespace. */
    public DiffOptions since(long snapshotId) {
        return since(Optional.empty(), OptionalLong.of(snapshotId));
    }

    private DiffOptions since(Optional<String> name, OptionalLong id) {
        return new DiffOptions(new Values(name, id, values.offset, values.length, values.parent, values.whole));
    }

    /**
     * Within a range only.
     *
     * @throws IllegalArgumentException for a negative number
     */
    public DiffOptions within(long from, long bytes) {
        if (from < 0) {
            throw new IllegalArgumentException("from: a range that begins at " + from);
        }
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes: a range of " + bytes + " bytes");
        }
        return new DiffOptions(new Values(values.name, values.id, from, bytes, values.parent, values.whole));
    }

    /** Only of what the image itself has. */
    public DiffOptions withoutParent() {
        return new DiffOptions(new Values(values.name, values.id, values.offset, values.length, false, values.whole));
    }

    /** By whole objects. */
    public DiffOptions byObject() {
        return new DiffOptions(new Values(values.name, values.id, values.offset, values.length, values.parent, true));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DiffOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "DiffOptions" + values.toString().substring("Values".length());
    }
}
