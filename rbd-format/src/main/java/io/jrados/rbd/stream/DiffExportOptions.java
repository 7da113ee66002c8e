package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import java.util.Objects;
import java.util.Optional;

/**
 * The choices of an exported diff.
 *
 * @param from the snapshot at which it starts; empty for an image without any data
 * @param to the snapshot at which it ends; empty for the head
 * @param wholeObjects whether a changed object is exported as a whole, which is told fast by object maps
 * @param format 1, which every tool reads, or 2, which tells whether the snapshot at the end is protected
 * @param depth pieces of 4 MiB that are read ahead, from 0 to {@link Image#MAX_DEPTH}
 */
public record DiffExportOptions(
        Optional<String> from, Optional<String> to, boolean wholeObjects, int format, int depth) {
    /** All data of the head, in format 1. */
    public static final DiffExportOptions DEFAULT =
            new DiffExportOptions(Optional.empty(), Optional.empty(), false, 1, Image.DEFAULT_DEPTH);

    public DiffExportOptions {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        check(format, depth);
    }

    static void check(int format, int depth) {
        if (format != 1 && format != 2) {
            throw new IllegalArgumentException("format " + format + ", which is neither 1 nor 2");
        }
        if (depth < 0 || depth > Image.MAX_DEPTH) {
            throw new IllegalArgumentException("depth " + depth + ", which is not from 0 to " + Image.MAX_DEPTH);
        }
    }

    /** From a snapshot on. */
    public DiffExportOptions since(String snapshot) {
        return new DiffExportOptions(Optional.of(snapshot), to, wholeObjects, format, depth);
    }

    /** Up to a snapshot. */
    public DiffExportOptions until(String snapshot) {
        return new DiffExportOptions(from, Optional.of(snapshot), wholeObjects, format, depth);
    }

    /** By whole objects. */
    public DiffExportOptions byObject() {
        return new DiffExportOptions(from, to, true, format, depth);
    }

    /** In another format. */
    public DiffExportOptions withFormat(int newFormat) {
        return new DiffExportOptions(from, to, wholeObjects, newFormat, depth);
    }

    /** With another depth. */
    public DiffExportOptions withDepth(int newDepth) {
        return new DiffExportOptions(from, to, wholeObjects, format, newDepth);
    }
}
