package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import java.util.Objects;
import java.util.Optional;

/**
 * The choices of an exported diff. Immutable; begin with {@link #DEFAULT}.
 */
public final class DiffExportOptions {
    /** All data of the head, in format 1. */
    public static final DiffExportOptions DEFAULT =
            new DiffExportOptions(new Values(Optional.empty(), Optional.empty(), false, 1, Image.DEFAULT_DEPTH));

    private final Values values;

    /** The choices, where callers cannot depend on how many there are. */
    private record Values(Optional<String> from, Optional<String> to, boolean wholeObjects, int format, int depth) {
        Values {
            check(format, depth);
        }
    }

    private DiffExportOptions(Values values) {
        this.values = values;
    }

    /** Returns the snapshot at which it starts; empty for an image without any data. */
    public Optional<String> from() {
        return values.from;
    }

    /** Returns the snapshot at which it ends; empty for the head. */
    public Optional<String> to() {
        return values.to;
    }

    /** Returns whether a changed object is exported as a whole, which is told fast by object maps. */
    public boolean wholeObjects() {
        return values.wholeObjects;
    }

    /** Returns 1, which every tool reads, or 2, which tells whether the snapshot at the end is protected. */
    public int format() {
        return values.format;
    }

    /** Returns the number of pieces of 4 MiB that are read ahead. */
    public int depth() {
        return values.depth;
    }

    /** Begins at a snapshot. */
    public DiffExportOptions since(String snapshot) {
        Objects.requireNonNull(snapshot, "snapshot");
        return new DiffExportOptions(
                new Values(Optional.of(snapshot), values.to, values.wholeObjects, values.format, values.depth));
    }

    /** Ends at a snapshot. */
    public DiffExportOptions until(String snapshot) {
        Objects.requireNonNull(snapshot, "snapshot");
        return new DiffExportOptions(
                new Values(values.from, Optional.of(snapshot), values.wholeObjects, values.format, values.depth));
    }

    /** Exports whole objects. */
    public DiffExportOptions byObject() {
        return new DiffExportOptions(new Values(values.from, values.to, true, values.format, values.depth));
    }

    /** Sets the format; an IllegalArgumentException unless it is 1 or 2. */
    public DiffExportOptions withFormat(int format) {
        return new DiffExportOptions(new Values(values.from, values.to, values.wholeObjects, format, values.depth));
    }

    /** Sets the depth; an IllegalArgumentException unless it is 0 to {@link Image#MAX_DEPTH}. */
    public DiffExportOptions withDepth(int depth) {
        return new DiffExportOptions(new Values(values.from, values.to, values.wholeObjects, values.format, depth));
    }

    static void check(int format, int depth) {
        if (format != 1 && format != 2) {
            throw new IllegalArgumentException("format " + format + ", which is neither 1 nor 2");
        }
        if (depth < 0 || depth > Image.MAX_DEPTH) {
            throw new IllegalArgumentException("depth " + depth + ", which is not from 0 to " + Image.MAX_DEPTH);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DiffExportOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "DiffExportOptions" + values.toString().substring("Values".length());
    }
}
