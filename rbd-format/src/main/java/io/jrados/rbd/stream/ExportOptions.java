package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import java.util.Objects;
import java.util.Optional;

/**
 * The choices of an export.
 *
 * @param format 1 for the image's bytes alone, 2 for properties, metadata and all snapshots too
 * @param snapshot the snapshot whose bytes are exported in format 1; empty for the head. Format 2 has no choice
 * @param depth pieces of 4 MiB that are read ahead, from 0 to {@link Image#MAX_DEPTH}
 */
public record ExportOptions(int format, Optional<String> snapshot, int depth) {
    /** The head, in format 1. */
    public static final ExportOptions DEFAULT = new ExportOptions(1, Optional.empty(), Image.DEFAULT_DEPTH);

    public ExportOptions {
        Objects.requireNonNull(snapshot, "snapshot");
        DiffExportOptions.check(format, depth);
        if (format == 2 && snapshot.isPresent()) {
            throw new IllegalArgumentException("snapshot " + snapshot.get() + " in format 2, which has all of them");
        }
    }

    /** In another format. */
    public ExportOptions withFormat(int newFormat) {
        return new ExportOptions(newFormat, snapshot, depth);
    }

    /** With the snapshot whose bytes are exported. */
    public ExportOptions of(String newSnapshot) {
        return new ExportOptions(format, Optional.of(newSnapshot), depth);
    }

    /** With another depth. */
    public ExportOptions withDepth(int newDepth) {
        return new ExportOptions(format, snapshot, newDepth);
    }
}
