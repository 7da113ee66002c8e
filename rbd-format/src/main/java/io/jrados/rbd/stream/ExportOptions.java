package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import java.util.Objects;
import java.util.Optional;

/**
 * The choices of an export. Immutable; begin with {@link #DEFAULT}.
 */
public final class ExportOptions {
    /** The head, in format 1. */
    public static final ExportOptions DEFAULT = new ExportOptions(new Values(1, Optional.empty(), Image.DEFAULT_DEPTH));

    private final Values values;

    /** The choices, where callers cannot depend on how many there are. */
    private record Values(int format, Optional<String> snapshot, int depth) {
        Values {
            DiffExportOptions.check(format, depth);
            if (format == 2 && snapshot.isPresent()) {
                throw new IllegalArgumentException(
                        "snapshot " + snapshot.get() + " in format 2, which has all of them");
            }
        }
    }

    private ExportOptions(Values values) {
        this.values = values;
    }

    /** Returns 1 for the image's bytes alone, 2 for properties, metadata and all snapshots too. */
    public int format() {
        return values.format;
    }

    /** Returns the snapshot whose bytes are exported in format 1; empty for the head. Format 2 has no choice. */
    public Optional<String> snapshot() {
        return values.snapshot;
    }

    /** Returns the number of pieces of 4 MiB that are read ahead. */
    public int depth() {
        return values.depth;
    }

    /** Sets the format; an IllegalArgumentException unless it is 1 or 2, and for 2 once a snapshot is chosen. */
    public ExportOptions withFormat(int format) {
        return new ExportOptions(new Values(format, values.snapshot, values.depth));
    }

    /** Sets the snapshot whose bytes are exported; an IllegalArgumentException in format 2. */
    public ExportOptions of(String snapshot) {
        Objects.requireNonNull(snapshot, "snapshot");
        return new ExportOptions(new Values(values.format, Optional.of(snapshot), values.depth));
    }

    /** Sets the depth; an IllegalArgumentException unless it is 0 to {@link Image#MAX_DEPTH}. */
    public ExportOptions withDepth(int depth) {
        return new ExportOptions(new Values(values.format, values.snapshot, depth));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExportOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "ExportOptions" + values.toString().substring("Values".length());
    }
}
