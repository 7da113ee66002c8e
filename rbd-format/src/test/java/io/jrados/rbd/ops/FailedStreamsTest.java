package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.ops.FaultPoint.Kind;
import io.jrados.rbd.stream.HalfAppliedException;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.rbd.stream.MalformedStreamException;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Imports and copies that fail at each of their operations, that are cancelled, interrupted or ended by their progress,
 * and streams that end early: an import leaves no image or a whole one, an imported diff says that it is half done and
 * never has its snapshot then, and the same call finishes it.
 */
@CephTest
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailedStreamsTest {
    private static final int ENDLESS = 300;

    /** Every so many-th operation fails in a run; the first of them is another in each. */
    private static final int STRIDE = Integer.getInteger("jrados.stride", 23);

    private Images images;
    private Rbd rbd;
    private StreamVerb.Streams streams;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        images = Images.alone(cluster, FailedStreamsTest.class);
        rbd = Rbd.on(images.pool);
        streams = StreamVerb.Streams.make(Rbd.on(images.rados.pool(cluster.pool(FailedStreamsTest.class, "source"))));
    }

    @AfterAll
    void disconnect() throws IOException {
        try {
            images.assertNothingLeft();
        } finally {
            images.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"H17", "H109", "H110", "H113"})
    void aFailureAnywhereLeavesNothingOrAllOrSaysThatItIsHalf(StreamVerb verb) throws IOException {
        int first = 1 + (int) (System.nanoTime() % STRIDE);
        for (Kind kind : List.of(Kind.REFUSED, Kind.LOST)) {
            for (int at = first; at < ENDLESS; at += STRIDE) {
                String name = verb.name().toLowerCase() + "-" + kind.name().toLowerCase() + "-" + at;
                verb.prepare(rbd, streams, name);
                FaultPoint point = FaultPoint.at(at, kind).sparingWatches();
                Throwable failed = catchThrowable(
                        () -> verb.run(Rbd.on(new FaultyPool(images.pool, point)), streams, name, Progress.NONE));
                try {
                    judge(verb, name, failed);
                } catch (IOException | AssertionError wrong) {
                    wrong.addSuppressed(failed);
                    throw new AssertionError("operation " + at + " " + kind, wrong);
                }
                if (!point.isReached()) {
                    assertThat(failed).isNull();
                    assertThat(at).isGreaterThan(STRIDE);
                    break;
                }
            }
        }
    }

    /** The state after a failure, which the same call ends. */
    private void judge(StreamVerb verb, String name, Throwable failed) throws IOException {
        if (failed != null) {
            assertThat(failed).isInstanceOf(RadosException.class);
            if (verb == StreamVerb.DIFF) {
                judgeDiff(name, failed);
            } else if (!rbd.exists(name)) {
                assertThat(rbd.list().stream().filter(image -> image.startsWith(name)))
                        .as("images that are left")
                        .isEmpty();
            } else {
                assertDone(verb, name);
            }
            try {
                verb.run(rbd, streams, name, Progress.NONE);
            } catch (AlreadyExistsException done) {
                assertThat(done).hasMessageContaining(name);
            }
        }
        assertDone(verb, name);
        assertThat(metadata(name)).isEmpty();
        StreamVerb.remove(rbd, name);
    }

    private List<String> metadata(String name) throws IOException {
        try (Image image = rbd.openReadOnly(name)) {
            return List.copyOf(image.metadata().keySet());
        }
    }

    private void judgeDiff(String name, Throwable failed) throws IOException {
        if (!(failed instanceof HalfAppliedException half)) {
            boolean done = snapshots(name).contains("two");
            assertThat(read(name)).isEqualTo(done ? streams.after() : streams.before());
            return;
        }
        assertThat(half.image()).endsWith("/" + name);
        assertThat(half).hasMessageContaining(name);
        if (snapshots(name).contains("two")) {
            assertThat(read(name)).as("what has the snapshot").isEqualTo(streams.after());
        }
    }

    private void assertDone(StreamVerb verb, String name) throws IOException {
        assertThat(read(name)).isEqualTo(streams.after());
        assertThat(snapshots(name)).isEqualTo(verb.snapshots());
    }

    private List<String> snapshots(String name) throws IOException {
        try (Image image = rbd.openReadOnly(name)) {
            return image.snapshots().stream().map(SnapshotInfo::name).toList();
        }
    }

    private byte[] read(String name) throws IOException {
        try (Image image = rbd.openReadOnly(name)) {
            byte[] bytes = new byte[(int) image.size()];
            image.read(0, ByteBuffer.wrap(bytes));
            return bytes;
        }
    }

    /** A progress that throws, interrupts or cancels at the first report after so many bytes. */
    private record Ending(long after, String how) implements Progress {
        @Override
        public void report(long done, long total) {
            if (done < after) {
                return;
            }
            if (how.equals("throw")) {
                throw new IllegalStateException("enough");
            }
            if (how.equals("interrupt")) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public boolean isCancelled() {
            return how.equals("cancel");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"H17", "H109", "H110", "H113"})
    void whoeverEndsItEndsItCleanly(StreamVerb verb) throws IOException {
        for (String how : List.of("throw", "interrupt", "cancel")) {
            String name = verb.name().toLowerCase() + "-" + how;
            verb.prepare(rbd, streams, name);
            byte[] stream = verb == StreamVerb.DIFF ? streams.diff() : streams.bytes();
            Throwable failed = catchThrowable(() -> verb.run(rbd, streams, name, new Ending(stream.length / 4, how)));
            boolean interrupted = Thread.interrupted();
            assertThat(failed).as(how).isNotNull();
            assertThat(interrupted).isEqualTo(how.equals("interrupt"));
            if (how.equals("throw")) {
                assertThat(failed).isInstanceOf(IllegalStateException.class).hasMessage("enough");
                assertThat(Arrays.stream(failed.getSuppressed()).anyMatch(HalfAppliedException.class::isInstance))
                        .isEqualTo(verb == StreamVerb.DIFF);
            } else {
                assertThat(((RadosException) failed).errno())
                        .isEqualTo(how.equals("cancel") ? Errno.ECANCELED : Errno.EINTR);
                judgeAfterEnding(verb, name, failed);
            }
            if (verb != StreamVerb.DIFF) {
                assertThat(rbd.list()).noneMatch(image -> image.startsWith(name));
            }
            verb.run(rbd, streams, name, Progress.NONE);
            assertDone(verb, name);
            StreamVerb.remove(rbd, name);
        }
    }

    private void judgeAfterEnding(StreamVerb verb, String name, Throwable failed) throws IOException {
        if (verb == StreamVerb.DIFF) {
            judgeDiff(name, failed);
        }
    }

    @Test
    @Covers({"H112", "H113"})
    void aDiffThatEndsEarlyNeverMakesItsSnapshot() throws IOException {
        StreamVerb.DIFF.prepare(rbd, streams, "cut");
        byte[] diff = streams.diff();
        for (int length = 0; length < diff.length; length += Math.max(1, diff.length / 40)) {
            byte[] part = Arrays.copyOf(diff, length);
            Throwable failed = catchThrowable(() -> importDiff("cut", part));
            assertThat(failed).isInstanceOfAny(MalformedStreamException.class, HalfAppliedException.class);
            if (failed instanceof MalformedStreamException && rbd.exists("cut")) {
                assertThat(failed).hasMessageContaining("the stream ends after");
            } else {
                assertThat(failed.getCause()).isInstanceOf(MalformedStreamException.class);
                assertThat(((HalfAppliedException) failed).errno()).isEqualTo(Errno.EBADMSG);
            }
            assertThat(snapshots("cut")).containsExactly("one");
        }
        importDiff("cut", diff);
        assertDone(StreamVerb.DIFF, "cut");
        StreamVerb.remove(rbd, "cut");
    }

    private void importDiff(String name, byte[] diff) throws IOException {
        ImageStreams.on(rbd).importDiff(name, Channels.newChannel(new ByteArrayInputStream(diff)), Progress.NONE);
    }

    @Test
    @Covers("H113")
    void aDiffThatDoesNotFitChangesNothing() throws IOException {
        StreamVerb.DIFF.prepare(rbd, streams, "unfit");
        try (Image image = rbd.open("unfit")) {
            image.renameSnapshot("one", "uno");
        }
        assertThatThrownBy(() -> importDiff("unfit", streams.diff()))
                .isInstanceOfSatisfying(RadosException.class, refused -> {
                    assertThat(refused.errno()).isEqualTo(Errno.EINVAL);
                    assertThat(refused).hasMessageContaining("no snapshot one");
                });
        try (Image image = rbd.open("unfit")) {
            image.createSnapshot("one");
            image.createSnapshot("two");
        }
        assertThatThrownBy(() -> importDiff("unfit", streams.diff()))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("the snapshot two");
        assertThat(read("unfit")).isEqualTo(streams.before());
        StreamVerb.remove(rbd, "unfit");
        assertThatThrownBy(() -> importDiff("unfit", streams.diff()))
                .isInstanceOfSatisfying(RadosException.class, refused -> assertThat(refused.errno())
                        .isEqualTo(Errno.ENOENT));
    }
}
