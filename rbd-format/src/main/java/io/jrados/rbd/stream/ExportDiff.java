package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Writes the difference between two states of an image (do_export_diff_fd in src/tools/rbd/action/Export.cc). */
final class ExportDiff {
    private final Image image;
    private final int depth;
    private final Steps steps;

    /** Bytes of other diffs that came before, for the progress. */
    private final long before;

    private final long total;

    /** @param image open at the later state */
    ExportDiff(Image image, int depth, Steps steps, long before, long total) {
        this.image = image;
        this.depth = depth;
        this.steps = steps;
        this.before = before;
        this.total = total;
    }

    /** Opens the later state, and writes the whole stream. */
    static void run(Rbd rbd, String name, DiffExportOptions options, WritableByteChannel sink, Steps steps)
            throws IOException {
        StreamOutput out = new StreamOutput(sink);
        try (Image image =
                options.to().isPresent() ? rbd.openSnapshot(name, options.to().get()) : rbd.openReadOnly(name)) {
            boolean isProtected = options.to().isPresent()
                    && image.isSnapshotProtected(options.to().get());
            DiffHeader header = new DiffHeader(options.from(), options.to(), isProtected, image.size());
            DiffOptions asked = options.wholeObjects() ? DiffOptions.ALL.byObject() : DiffOptions.ALL;
            asked = options.from().isPresent() ? asked.since(options.from().get()) : asked;
            new ExportDiff(image, options.depth(), steps, 0, header.size())
                    .write(header, asked, new DiffWriter(out, options.format()));
        }
    }

    /**
     * Writes the diff. Its end is written only when the image was found to have had both states to the last.
     *
     * @param asked since the state at which the diff starts
     */
    void write(DiffHeader header, DiffOptions asked, DiffWriter writer) throws IOException {
        writer.header(header);
        OutgoingPieces pieces = new OutgoingPieces(image, sink(writer), depth);
        try {
            // A head may grow meanwhile, but the header has told its size.
            Extents.each(image, asked.within(0, header.size()), progress(pieces), extent -> {
                steps.check();
                pieces.add(extent);
            });
            pieces.drain();
        } finally {
            pieces.cancel();
        }
        steps.checkNotShrunk(image, header.size());
        steps.report(before + header.size(), total);
        writer.end();
    }

    /** Progress where nothing differs: the rest is told of by the pieces. */
    private Progress progress(OutgoingPieces pieces) {
        return new Progress() {
            @Override
            public void report(long done, long of) {
                if (pieces.isIdle()) {
                    steps.report(before + done, total);
                }
            }

            @Override
            public boolean isCancelled() {
                return steps.isCancelled();
            }
        };
    }

    private OutgoingPieces.Sink sink(DiffWriter writer) {
        return new OutgoingPieces.Sink() {
            @Override
            public void zero(long offset, long length) throws IOException {
                writer.record(new DiffRecord(offset, length, false));
                steps.report(before + offset + length, total);
            }

            @Override
            public void data(long offset, ByteBuffer data) throws IOException {
                long end = offset + data.remaining();
                writer.record(new DiffRecord(offset, data.remaining(), true));
                writer.bytes(data);
                steps.report(before + end, total);
            }
        };
    }
}
