package io.jrados.rbd.stream;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Joins diffs, each of which starts where the one before it ends, into one (src/tools/rbd/action/MergeDiff.cc). Each is
 * read once, in order, so all of them and the result may be pipes. The result is of the last one's format.
 */
final class MergeDiffs {
    private static final String DOING = "merging diffs";

    private final Steps steps;

    MergeDiffs(Steps steps) {
        this.steps = steps;
    }

    void run(List<? extends ReadableByteChannel> sources, WritableByteChannel sink) throws IOException {
        List<StreamedDiff> diffs = new ArrayList<>();
        long total = 0;
        for (ReadableByteChannel source : sources) {
            StreamInput in = new StreamInput(source);
            total += in.left().orElse(0);
            diffs.add(StreamedDiff.of(in));
        }
        DiffSource merged = diffs.get(0);
        for (int i = 1; i < diffs.size(); i++) {
            checkChain(i, diffs.get(i - 1).header(), diffs.get(i).header());
            merged = new MergedDiff(merged, diffs.get(i));
        }
        int format = diffs.get(diffs.size() - 1).format();
        write(merged, new DiffWriter(new StreamOutput(sink), format), total);
    }

    private static void checkChain(int index, DiffHeader older, DiffHeader newer) throws RadosException {
        if (older.to().isEmpty() || !older.to().equals(newer.from())) {
            throw new RadosException(
                    Errno.EINVAL,
                    DOING + ": number " + index + " ends at "
                            + older.to().map(name -> "snapshot " + name).orElse("no snapshot") + ", and number "
                            + (index + 1) + " starts at "
                            + newer.from().map(name -> "snapshot " + name).orElse("an empty image"));
        }
    }

    private void write(DiffSource merged, DiffWriter writer, long total) throws IOException {
        writer.header(merged.header());
        Pieces pieces = new Pieces(0);
        for (DiffRecord record = merged.next(); record != null; record = merged.next()) {
            writer.record(record);
            for (long left = record.hasData() ? record.length() : 0; left > 0; ) {
                steps.check();
                ByteBuffer piece = pieces.take((int) Math.min(left, Pieces.LARGEST));
                left -= piece.remaining();
                merged.read(piece);
                writer.bytes(piece.flip());
                pieces.giveBack(piece);
            }
            steps.check();
            steps.report(merged.position(), total);
        }
        writer.end();
    }
}
