package io.jrados.rbd.change;

import io.jrados.rbd.Image;
import java.util.Objects;
import java.util.Optional;

/** The choices of reading changes: between which moments, and how. Immutable; begin with {@link #DEFAULT}. */
public final class ChangeOptions {
    /** All data of the image as it is when the reading begins, in order. */
    public static final ChangeOptions DEFAULT = new ChangeOptions(
            new Values(Optional.empty(), false, Optional.empty(), 0, false, true, Image.DEFAULT_DEPTH));

    private final Values values;

    private record Values(
            Optional<String> end,
            boolean makes,
            Optional<String> from,
            long offset,
            boolean whole,
            boolean ordered,
            int depth) {}

    private ChangeOptions(Values values) {
        this.values = values;
    }

    /** Returns the snapshot that is the later moment; empty for one that is made and removed again. */
    public Optional<String> snapshot() {
        return values.end;
    }

    /** Whether that snapshot is made where the image does not have it, and stays. */
    public boolean makesSnapshot() {
        return values.makes;
    }

    /** Returns the snapshot that is the earlier moment; empty for an image without any data. */
    public Optional<String> fromSnapshot() {
        return values.from;
    }

    /** Returns the byte of the image from which on it is read. */
    public long startingOffset() {
        return values.offset;
    }

    /** Whether a changed object counts as a whole, which is told fast by object maps. */
    public boolean wholeObjects() {
        return values.whole;
    }

    /** Whether bytes are handed out in ascending order, or as they come. */
    public boolean isOrdered() {
        return values.ordered;
    }

    /** Returns the number of pieces of 4 MiB that are being read, or that the reader has, at a time. */
    public int depth() {
        return values.depth;
    }

    /** Reads as the user's snapshot of that name has it. */
    public ChangeOptions of(String snapshot) {
        Optional<String> end = Optional.of(Objects.requireNonNull(snapshot, "snapshot"));
        return new ChangeOptions(
                new Values(end, false, values.from, values.offset, values.whole, values.ordered, values.depth));
    }

    /**
     * Reads as the user's snapshot of that name has it, which is made if it is not there, and stays: so a reading that
     * broke off goes on from an offset, and the next one starts at the snapshot.
     */
    public ChangeOptions making(String snapshot) {
        Optional<String> end = Optional.of(Objects.requireNonNull(snapshot, "snapshot"));
        return new ChangeOptions(
                new Values(end, true, values.from, values.offset, values.whole, values.ordered, values.depth));
    }

    /** Reads what differs from the user's snapshot of that name. */
    public ChangeOptions since(String snapshot) {
        Optional<String> from = Optional.of(Objects.requireNonNull(snapshot, "snapshot"));
        return new ChangeOptions(
                new Values(values.end, values.makes, from, values.offset, values.whole, values.ordered, values.depth));
    }

    /** Begins at a byte of the image; an IllegalArgumentException if that is negative. */
    public ChangeOptions startingAt(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset: " + offset);
        }
        return new ChangeOptions(
                new Values(values.end, values.makes, values.from, offset, values.whole, values.ordered, values.depth));
    }

    /** Counts whole objects as changed. */
    public ChangeOptions byObject() {
        return new ChangeOptions(
                new Values(values.end, values.makes, values.from, values.offset, true, values.ordered, values.depth));
    }

    /** Hands bytes out as they come, in the memory into which they came from the network. */
    public ChangeOptions asTheyCome() {
        return new ChangeOptions(
                new Values(values.end, values.makes, values.from, values.offset, values.whole, false, values.depth));
    }

    /** Sets the depth; an IllegalArgumentException unless it is 1 to {@link Image#MAX_DEPTH}. */
    public ChangeOptions withDepth(int depth) {
        if (depth < 1 || depth > Image.MAX_DEPTH) {
            throw new IllegalArgumentException("depth " + depth + ", which is not from 1 to " + Image.MAX_DEPTH);
        }
        return new ChangeOptions(
                new Values(values.end, values.makes, values.from, values.offset, values.whole, values.ordered, depth));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChangeOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "ChangeOptions" + values.toString().substring("Values".length());
    }
}
