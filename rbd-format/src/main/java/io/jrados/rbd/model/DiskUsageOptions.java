package io.jrados.rbd.model;

import java.util.Objects;
import java.util.Optional;

/** The choices of adding up what an image takes, as {@code rbd du} has them. Immutable; begin with {@link #ALL}. */
public final class DiskUsageOptions {
    /** Every snapshot and the head, by whole objects, without the parent's data. */
    public static final DiskUsageOptions ALL =
            new DiskUsageOptions(new Values(Optional.empty(), Optional.empty(), false, false, false));

    private final Values values;

    private record Values(
            Optional<String> since, Optional<String> until, boolean exact, boolean parent, boolean merged) {}

    private DiskUsageOptions(Values values) {
        this.values = values;
    }

    /** Returns the user's snapshot behind which the rows begin; empty for those from the first on. */
    public Optional<String> fromSnapshot() {
        return values.since;
    }

    /** Returns the user's snapshot at which the rows end; empty for the head. */
    public Optional<String> untilSnapshot() {
        return values.until;
    }

    /** Whether bytes are counted and not whole objects: every object is asked for then. */
    public boolean isExact() {
        return values.exact;
    }

    /** Whether data that is still the parent's alone counts, in the first of all rows. */
    public boolean includeParent() {
        return values.parent;
    }

    /** Whether there is one row only, that of the end, with the sum of all. */
    public boolean isMerged() {
        return values.merged;
    }

    /** Leaves out all up to the user's snapshot of that name. */
    public DiskUsageOptions since(String snapshot) {
        Optional<String> since = Optional.of(Objects.requireNonNull(snapshot, "snapshot"));
        return new DiskUsageOptions(new Values(since, values.until, values.exact, values.parent, values.merged));
    }

    /** Ends at the user's snapshot of that name. */
    public DiskUsageOptions until(String snapshot) {
        Optional<String> until = Optional.of(Objects.requireNonNull(snapshot, "snapshot"));
        return new DiskUsageOptions(new Values(values.since, until, values.exact, values.parent, values.merged));
    }

    /** Counts bytes. */
    public DiskUsageOptions exact() {
        return new DiskUsageOptions(new Values(values.since, values.until, true, values.parent, values.merged));
    }

    /** Counts the parent's data too. */
    public DiskUsageOptions withParent() {
        return new DiskUsageOptions(new Values(values.since, values.until, values.exact, true, values.merged));
    }

    /** Adds all rows up. */
    public DiskUsageOptions merged() {
        return new DiskUsageOptions(new Values(values.since, values.until, values.exact, values.parent, true));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DiskUsageOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "DiskUsageOptions" + values.toString().substring("Values".length());
    }
}
