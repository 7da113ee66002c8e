package io.jrados.rbd.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.rbd.model.Progress;
import io.jrados.testkit.Covers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Chains of random diffs, merged in any grouping, make of the first state the last one. */
class MergedDiffsTest {
    private static final int HISTORIES = Integer.getInteger("jrados.histories", 200);

    /** Bytes of a state whose size goes up and down. */
    private static byte[] next(byte[] state, Random random) {
        byte[] next = random.nextInt(3) == 0 ? Arrays.copyOf(state, 1 + random.nextInt(300)) : state.clone();
        for (int i = random.nextInt(6); i > 0; i--) {
            int from = random.nextInt(next.length);
            int end = Math.min(next.length, from + 1 + random.nextInt(60));
            byte value = (byte) (random.nextBoolean() ? 0 : random.nextInt());
            Arrays.fill(next, from, end, value);
        }
        return next;
    }

    /** A diff that tells of every byte that differs, and now and then of one that does not. */
    private static byte[] diff(byte[] before, byte[] after, String from, String to, Random random) {
        StreamBytes stream = StreamBytes.diff(from, to, after.length);
        for (int at = 0; at < after.length; ) {
            int end = Math.min(after.length, at + 1 + random.nextInt(20));
            byte[] then =
                    Arrays.copyOfRange(before, Math.min(at, before.length), Math.min(at, before.length) + end - at);
            byte[] now = Arrays.copyOfRange(after, at, end);
            if (!Arrays.equals(then, now) || random.nextInt(10) == 0) {
                if (Arrays.equals(now, new byte[now.length])) {
                    stream.zero(at, now.length);
                } else {
                    stream.data(at, now);
                }
            }
            at = end;
        }
        return stream.tag('e').done();
    }

    private static byte[] applied(byte[] state, byte[] stream, String from, String to) throws IOException {
        StreamedDiff diff = StreamedDiff.of(new StreamInput(StreamBytes.pipe(stream)));
        assertThat(diff.header().from().orElse("")).isEqualTo(from);
        assertThat(diff.header().to()).hasValue(to);
        byte[] result = Arrays.copyOf(state, (int) diff.header().size());
        for (DiffRecord record = diff.next(); record != null; record = diff.next()) {
            Arrays.fill(result, (int) record.offset(), (int) record.end(), (byte) 0);
            if (record.hasData()) {
                diff.read(ByteBuffer.wrap(result, (int) record.offset(), (int) record.length()));
            }
        }
        return result;
    }

    private static byte[] merged(List<byte[]> diffs) throws IOException {
        ByteArrayOutputStream merged = new ByteArrayOutputStream();
        ImageStreams.mergeDiffs(
                diffs.stream().map(StreamBytes::pipe).toList(), Channels.newChannel(merged), Progress.NONE);
        return merged.toByteArray();
    }

    @Test
    @Covers("H114")
    void anyGroupingLeadsToTheSameBytes() throws IOException {
        long seed = Long.getLong("jrados.seed", 1);
        Random random = new Random(seed);
        for (int history = 0; history < HISTORIES; history++) {
            byte[] first = next(new byte[200], random);
            List<byte[]> diffs = new ArrayList<>();
            byte[] state = first;
            int count = 2 + random.nextInt(5);
            for (int i = 0; i < count; i++) {
                byte[] later = next(state, random);
                diffs.add(diff(state, later, "s" + i, "s" + (i + 1), random));
                state = later;
            }
            assertThat(applied(first, merged(diffs), "s0", "s" + count))
                    .as("all at once, history %s of seed %s", history, seed)
                    .isEqualTo(state);
            while (diffs.size() > 1) {
                int at = random.nextInt(diffs.size() - 1);
                int end = Math.min(diffs.size(), at + 2 + random.nextInt(2));
                byte[] group = merged(diffs.subList(at, end));
                diffs.subList(at, end).clear();
                diffs.add(at, group);
            }
            assertThat(applied(first, diffs.get(0), "s0", "s" + count))
                    .as("in groups, history %s of seed %s", history, seed)
                    .isEqualTo(state);
        }
    }
}
