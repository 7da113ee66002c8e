package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.change.ChangeOptions;
import io.jrados.rbd.change.ChangeReader;
import io.jrados.rbd.change.ChangedBlocks;
import io.jrados.rbd.change.ImageChanges;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.stream.Changes;
import io.jrados.rbd.stream.HalfAppliedException;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Changes of images as a backup product reads them, and restores from them. */
@CephTest
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageChangesTest {
    private static final int ORDER = 16;
    private static final int SIZE = (12 << ORDER) + 4096;
    private static final int MIB = 1 << 20;
    private static final CompletableFuture<?> DONE = CompletableFuture.completedFuture(null);

    private TestClient client;
    private ImageChanges changes;
    private ImageStreams streams;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(ImageChangesTest.class), TestClient.Mode.CRC);
        changes = ImageChanges.on(client.rbd);
        streams = ImageStreams.on(client.rbd);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    /** Images of every kind. */
    enum Kind {
        PLAIN(ImageOptions.LAYERING),
        MAPPED(ImageOptions.DEFAULT),
        STRIPED(ImageOptions.DEFAULT.withStriping(16384, 3)),
        CLONE(ImageOptions.DEFAULT.withCloneFormat(2));

        private final ImageOptions options;

        Kind(ImageOptions options) {
            this.options = options.withOrder(ORDER);
        }
    }

    /** Keeps what it is lent in a copy of the image. */
    private static final class Copy implements ChangeReader {
        private final byte[] start;
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicBoolean isAscending = new AtomicBoolean(true);
        private long reached;
        private byte[] image = {};

        Copy(byte[] start) {
            this.start = start;
        }

        @Override
        public void begin(long size) {
            image = Arrays.copyOf(start, (int) size);
        }

        @Override
        public CompletableFuture<?> data(long offset, ByteBuffer bytes) {
            assertThat(bytes.isReadOnly()).isTrue();
            int length = bytes.remaining();
            bytes.get(image, (int) offset, length);
            note(offset, length);
            return DONE;
        }

        @Override
        public CompletableFuture<?> zero(long offset, long length) {
            Arrays.fill(image, (int) offset, (int) (offset + length), (byte) 0);
            note(offset, length);
            return DONE;
        }

        private void note(long offset, long length) {
            calls.incrementAndGet();
            if (offset < reached) {
                isAscending.set(false);
            }
            reached = offset + length;
        }
    }

    private Map<String, byte[]> make(Kind kind, String name) throws IOException {
        if (kind == Kind.CLONE) {
            client.rbd.create(name + "-parent", SIZE, kind.options);
            try (Image parent = client.rbd.open(name + "-parent")) {
                parent.write(1000, ByteBuffer.wrap(TestClient.bytes(1, SIZE / 2)));
                parent.createSnapshot("s");
            }
            client.rbd.clone(client.snapshot(name + "-parent", "s"), name, kind.options);
        } else {
            client.rbd.create(name, SIZE, kind.options);
        }
        try (Image image = client.rbd.open(name)) {
            return new ImageHistory(image, new Random(kind.ordinal() + 7)).live(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Covers("H59")
    void whatIsHandedOutMakesTheEarlierMomentTheLater(Kind kind) throws IOException {
        String name = "read-" + kind;
        Map<String, byte[]> states = make(kind, name);
        List<String> snapshots = List.of("s0", "s1", "s2");
        for (ChangeOptions how : List.of(
                ChangeOptions.DEFAULT,
                ChangeOptions.DEFAULT.byObject().withDepth(1),
                ChangeOptions.DEFAULT.asTheyCome().withDepth(3),
                ChangeOptions.DEFAULT.asTheyCome().byObject())) {
            for (int end = 0; end < snapshots.size(); end++) {
                for (int from = -1; from < end; from++) {
                    ChangeOptions options = how.of(snapshots.get(end));
                    options = from < 0 ? options : options.since(snapshots.get(from));
                    Copy copy = new Copy(from < 0 ? new byte[0] : states.get(snapshots.get(from)));
                    AtomicLong told = new AtomicLong();
                    changes.read(name, options, copy, (done, total) -> {
                        assertThat(done).isBetween(told.get(), total);
                        told.set(done);
                    });
                    assertThat(Arrays.equals(copy.image, states.get(snapshots.get(end))))
                            .as("%s, %s", name, options)
                            .isTrue();
                    assertThat(told).hasValue(copy.image.length);
                    if (options.isOrdered()) {
                        assertThat(copy.isAscending).as("%s", options).isTrue();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Covers("H113")
    void aRestoreFromTheRangesAndTheirBytesIsReadNativelyAsTheOriginal(Kind kind) throws IOException {
        String name = "restored-" + kind;
        Map<String, byte[]> states = make(kind, name);
        String copy = name + "-copy";
        client.rbd.create(copy, 0, kind.options);
        String before = "";
        for (String snapshot : List.of("s0", "s1", "s2")) {
            ChangeOptions options = ChangeOptions.DEFAULT.of(snapshot);
            options = before.isEmpty() ? options : options.since(before);
            List<DiffExtent> extents = new ArrayList<>();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            AtomicLong size = new AtomicLong();
            changes.read(name, options, gathering(size, extents, bytes), Progress.NONE);
            Changes back = Changes.of(
                            size.get(), extents, Channels.newChannel(new ByteArrayInputStream(bytes.toByteArray())))
                    .until(snapshot);
            streams.applyChanges(copy, before.isEmpty() ? back : back.since(before), 2, Progress.NONE);
            assertThat(Arrays.equals(client.exported(client.spec(copy + "@" + snapshot)), states.get(snapshot)))
                    .as(snapshot)
                    .isTrue();
            before = snapshot;
        }
    }

    private static ChangeReader gathering(AtomicLong size, List<DiffExtent> extents, ByteArrayOutputStream all) {
        return new ChangeReader() {
            @Override
            public void begin(long bytes) {
                size.set(bytes);
            }

            @Override
            public CompletableFuture<?> data(long offset, ByteBuffer bytes) {
                byte[] copy = new byte[bytes.remaining()];
                bytes.get(copy);
                all.writeBytes(copy);
                extents.add(new DiffExtent(offset, copy.length, true));
                return DONE;
            }

            @Override
            public CompletableFuture<?> zero(long offset, long length) {
                extents.add(new DiffExtent(offset, length, false));
                return DONE;
            }
        };
    }

    @Test
    @Covers("H59")
    void answersHaveAMaximumOfResultsAndGoOnFromAnOffset() throws IOException {
        make(Kind.PLAIN, "listed");
        for (String since : List.of("", "s0")) {
            ChangeOptions options = ChangeOptions.DEFAULT.of("s2");
            options = since.isEmpty() ? options : options.since(since);
            List<DiffExtent> all = blocks(options, 1_000_000);
            DiffOptions asked = since.isEmpty() ? DiffOptions.ALL : DiffOptions.ALL.since(since);
            try (Image image = client.rbd.openSnapshot("listed", "s2")) {
                assertThat(bytes(all).equals(bytes(image.diff(asked)))).isTrue();
            }
            assertThat(all).hasSizeGreaterThan(3);
            assertThat(blocks(options, 1)).isEqualTo(all);
            List<DiffExtent> resumed = new ArrayList<>();
            AtomicLong offset = new AtomicLong();
            // Each call breaks off at its first answer, and the next goes on behind it.
            while (resumed.size() < all.size()) {
                assertThatThrownBy(() -> {
                            ChangeOptions from = ChangeOptions.DEFAULT.of("s2").startingAt(offset.get());
                            changes.list(
                                    "listed", since.isEmpty() ? from : from.since(since), 2, Progress.NONE, answer -> {
                                        resumed.addAll(answer.blocks());
                                        DiffExtent last = resumed.get(resumed.size() - 1);
                                        offset.set(last.offset() + last.length());
                                        throw new IllegalStateException("broken off");
                                    });
                        })
                        .hasMessage("broken off");
            }
            assertThat(resumed).isEqualTo(all);
        }
        client.rbd.create("empty", MIB, ImageOptions.DEFAULT);
        List<ChangedBlocks> answers = new ArrayList<>();
        changes.list("empty", ChangeOptions.DEFAULT.making("now"), 10, Progress.NONE, answers::add);
        assertThat(answers).hasSize(1);
        assertThat(answers.get(0).imageSize()).isEqualTo(MIB);
        assertThat(answers.get(0).blocks()).isEmpty();
        assertThatThrownBy(() -> changes.list("empty", ChangeOptions.DEFAULT, 10, Progress.NONE, answers::add))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("snapshot");
    }

    private List<DiffExtent> blocks(ChangeOptions options, int most) throws IOException {
        List<DiffExtent> all = new ArrayList<>();
        AtomicInteger shortAnswers = new AtomicInteger();
        changes.list("listed", options, most, Progress.NONE, answer -> {
            assertThat(answer.blocks()).isNotEmpty().hasSizeLessThanOrEqualTo(most);
            assertThat(answer.blocks().size() == most || shortAnswers.getAndIncrement() == 0)
                    .isTrue();
            all.addAll(answer.blocks());
        });
        return all;
    }

    /** Byte by byte: 0 for what is not told of, 1 for zero, 2 for data. */
    private static String bytes(List<DiffExtent> extents) {
        byte[] told = new byte[2 * SIZE];
        for (DiffExtent each : extents) {
            Arrays.fill(
                    told, (int) each.offset(), (int) (each.offset() + each.length()), (byte) (each.exists() ? 2 : 1));
        }
        return new String(told, StandardCharsets.ISO_8859_1);
    }

    @Test
    @Covers("H59")
    void whatIsWrittenMeanwhileDoesNotEnterAndTheSnapshotGoes() throws IOException {
        client.rbd.create("busy", 8 * MIB, ImageOptions.DEFAULT.withOrder(ORDER));
        byte[] before = TestClient.bytes(3, 8 * MIB);
        try (Image image = client.rbd.open("busy")) {
            image.write(0, ByteBuffer.wrap(before));
            for (ChangeOptions options : List.of(ChangeOptions.DEFAULT, ChangeOptions.DEFAULT.asTheyCome())) {
                Copy copy = new Copy(new byte[0]);
                AtomicInteger written = new AtomicInteger();
                changes.read("busy", options.withDepth(1), copy, (done, total) -> {
                    if (written.getAndIncrement() < 20) {
                        image.writeAsync(total - MIB * (long) (written.get() % 8) - MIB, ByteBuffer.allocate(100));
                    }
                });
                assertThat(written.get()).isPositive();
                image.flush();
                assertThat(Arrays.equals(copy.image, before)).isTrue();
                image.write(0, ByteBuffer.wrap(before));
                assertThat(image.snapshots()).isEmpty();
            }
            changes.read("busy", ChangeOptions.DEFAULT.making("kept"), new Copy(new byte[0]), Progress.NONE);
            changes.read("busy", ChangeOptions.DEFAULT.making("kept"), new Copy(new byte[0]), Progress.NONE);
            assertThat(image.snapshots()).extracting(SnapshotInfo::name).containsExactly("kept");
        }
    }

    /** Keeps all that it is lent until it is told to give it back. */
    private static final class Slow implements ChangeReader {
        private final ConcurrentLinkedQueue<CompletableFuture<Void>> kept = new ConcurrentLinkedQueue<>();
        private final AtomicLong lent = new AtomicLong();
        private final AtomicLong most = new AtomicLong();

        @Override
        public CompletableFuture<?> data(long offset, ByteBuffer bytes) {
            long length = bytes.remaining();
            most.accumulateAndGet(lent.addAndGet(length), Math::max);
            CompletableFuture<Void> back = new CompletableFuture<>();
            kept.add(back);
            return back.thenRun(() -> lent.addAndGet(-length));
        }

        @Override
        public CompletableFuture<?> zero(long offset, long length) {
            return DONE;
        }

        void giveBack() {
            CompletableFuture<Void> oldest = kept.poll();
            if (oldest != null) {
                oldest.complete(null);
            }
        }
    }

    @Test
    @Covers("H59")
    void aSlowReaderHoldsBackWhatIsRead() throws Exception {
        client.rbd.create("large", 40L * MIB, ImageOptions.DEFAULT);
        try (Image image = client.rbd.open("large")) {
            image.write(0, ByteBuffer.wrap(TestClient.bytes(4, 40 * MIB)));
            image.createSnapshot("s");
        }
        for (ChangeOptions options : List.of(
                ChangeOptions.DEFAULT.of("s").withDepth(2),
                ChangeOptions.DEFAULT.of("s").withDepth(2).asTheyCome())) {
            Slow slow = new Slow();
            AtomicLong told = new AtomicLong();
            CompletableFuture<Void> reading =
                    changes.readAsync("large", options, slow, (done, total) -> told.set(done));
            while (!reading.isDone()) {
                // nothing is told of as done that is still lent
                assertThat(told.get()).isLessThanOrEqualTo(40L * MIB);
                slow.giveBack();
            }
            Wait.on(reading);
            assertThat(slow.most.get()).isBetween(1L, 8L * MIB);
            assertThat(slow.lent).hasValue(0);

            Slow never = new Slow();
            ImageChanges impatient = ImageChanges.on(Rbd.on(client.pool.withDeadline(Duration.ofSeconds(2))));
            RadosException late = catchThrowableOfType(
                    RadosException.class, () -> impatient.read("large", options, never, Progress.NONE));
            assertThat(late.errno()).isEqualTo(Errno.ETIMEDOUT);
            assertThat(never.most.get()).isLessThanOrEqualTo(8L * MIB);
            while (!never.kept.isEmpty()) {
                never.giveBack();
            }
        }
    }

    @Test
    @Covers("H59")
    void aReadingThatBreaksOffGoesOnFromWhatItTold() throws IOException {
        client.rbd.create("broken", 24L * MIB, ImageOptions.DEFAULT);
        byte[] bytes = TestClient.bytes(5, 24 * MIB);
        try (Image image = client.rbd.open("broken")) {
            image.write(0, ByteBuffer.wrap(bytes));
        }
        for (ChangeOptions how : List.of(ChangeOptions.DEFAULT, ChangeOptions.DEFAULT.asTheyCome())) {
            ChangeOptions options = how.making("moment").withDepth(2);
            Copy copy = new Copy(new byte[0]);
            AtomicLong told = new AtomicLong();
            ChangeReader failing = new ChangeReader() {
                @Override
                public void begin(long size) {
                    copy.begin(size);
                }

                @Override
                public CompletableFuture<?> data(long offset, ByteBuffer data) {
                    return offset >= 16L * MIB
                            ? CompletableFuture.failedFuture(new IOException("no tape"))
                            : copy.data(offset, data);
                }

                @Override
                public CompletableFuture<?> zero(long offset, long length) {
                    return copy.zero(offset, length);
                }
            };
            assertThatThrownBy(() -> changes.read("broken", options, failing, (done, total) -> told.set(done)))
                    .isInstanceOf(RadosException.class)
                    .hasRootCauseMessage("no tape");
            assertThat(told.get()).isLessThanOrEqualTo(16L * MIB);
            Copy rest = new Copy(copy.image);
            changes.read("broken", options.startingAt(told.get()), rest, Progress.NONE);
            assertThat(Arrays.equals(rest.image, bytes)).isTrue();

            AtomicInteger asked = new AtomicInteger();
            assertThatThrownBy(() -> changes.read("broken", options, new Copy(new byte[0]), new Progress() {
                        @Override
                        public void report(long done, long total) {}

                        @Override
                        public boolean isCancelled() {
                            return asked.getAndIncrement() > 2;
                        }
                    }))
                    .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                            .isEqualTo(Errno.ECANCELED));
            assertThatThrownBy(() -> changes.read("broken", options, throwing(), Progress.NONE))
                    .hasMessage("thrown");
        }
    }

    private static ChangeReader throwing() {
        return new ChangeReader() {
            @Override
            public CompletableFuture<?> data(long offset, ByteBuffer bytes) {
                throw new IllegalStateException("thrown");
            }

            @Override
            public CompletableFuture<?> zero(long offset, long length) {
                throw new IllegalStateException("thrown");
            }
        };
    }

    @Test
    @Covers("H59")
    void momentsThatAreNotThereAreRefused() throws IOException {
        make(Kind.PLAIN, "refused");
        assertThat(errno("none", ChangeOptions.DEFAULT)).isEqualTo(Errno.ENOENT);
        assertThat(errno("refused", ChangeOptions.DEFAULT.of("none"))).isEqualTo(Errno.ENOENT);
        assertThat(errno("refused", ChangeOptions.DEFAULT.since("none"))).isEqualTo(Errno.ENOENT);
        assertThat(errno("refused", ChangeOptions.DEFAULT.of("s0").since("s1"))).isEqualTo(Errno.EINVAL);
        assertThat(errno("refused", ChangeOptions.DEFAULT.of("s0").startingAt(1L << 40)))
                .isEqualTo(Errno.EINVAL);
        try (Image image = client.rbd.open("refused")) {
            assertThat(image.snapshots()).hasSize(3);
            AtomicBoolean removed = new AtomicBoolean();
            ChangeReader removing = new ChangeReader() {
                @Override
                public void begin(long size) {
                    try {
                        unprotectAndRemove(image, "s1");
                        removed.set(true);
                    } catch (IOException failed) {
                        throw new IllegalStateException(failed);
                    }
                }

                @Override
                public CompletableFuture<?> data(long offset, ByteBuffer bytes) {
                    return DONE;
                }

                @Override
                public CompletableFuture<?> zero(long offset, long length) {
                    return DONE;
                }
            };
            RadosException gone = catchThrowableOfType(
                    RadosException.class,
                    () -> changes.read("refused", ChangeOptions.DEFAULT.of("s1"), removing, Progress.NONE));
            assertThat(gone.errno()).isEqualTo(Errno.ENOENT);
            assertThat(removed).isTrue();
        }
    }

    /** Fails at the second piece. */
    private static final class Full implements ChangeReader {
        private final boolean throwing;
        private final AtomicInteger calls = new AtomicInteger();

        Full(boolean throwing) {
            this.throwing = throwing;
        }

        @Override
        public CompletableFuture<?> data(long offset, ByteBuffer bytes) {
            if (calls.incrementAndGet() < 2) {
                return DONE;
            }
            if (throwing) {
                throw new IllegalStateException("the consumer's disk is full");
            }
            return CompletableFuture.failedFuture(new IOException("the consumer's disk is full"));
        }

        @Override
        public CompletableFuture<?> zero(long offset, long length) {
            return data(offset, ByteBuffer.allocate(0));
        }
    }

    /** A consumer that writes what it is told one behind the other must not get bytes behind a gap. */
    @Test
    void afterAFailureOfTheReadersNothingIsToldInOrder() throws IOException {
        client.rbd.create("gap", 24L * MIB, ImageOptions.DEFAULT);
        try (Image image = client.rbd.open("gap")) {
            image.write(0, ByteBuffer.wrap(TestClient.bytes(9, 24 * MIB)));
            image.createSnapshot("s");
        }
        for (boolean throwing : new boolean[] {true, false}) {
            Full full = new Full(throwing);
            ChangeOptions options = ChangeOptions.DEFAULT.of("s").withDepth(8);
            assertThatThrownBy(() -> changes.read("gap", options, full, Progress.NONE))
                    .hasStackTraceContaining("the consumer's disk is full");
            assertThat(full.calls).hasValue(2);
        }
    }

    private static void unprotectAndRemove(Image image, String snapshot) throws IOException {
        if (image.isSnapshotProtected(snapshot)) {
            image.unprotectSnapshot(snapshot);
        }
        image.removeSnapshot(snapshot);
    }

    private Errno errno(String name, ChangeOptions options) {
        return catchThrowableOfType(
                        RadosException.class, () -> changes.read(name, options, new Copy(new byte[0]), Progress.NONE))
                .errno();
    }

    @Test
    @Covers("H113")
    void rangesOutOfPlaceAreRefusedAndAHalfAppliedImageIsToldOf() throws IOException {
        client.rbd.create("target", MIB, ImageOptions.DEFAULT.withOrder(ORDER));
        TreeMap<Long, ByteBuffer> map = new TreeMap<>();
        map.put(10L, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        map.put(500_000L, ByteBuffer.wrap(new byte[] {4}));
        streams.applyChanges("target", Changes.of(MIB, map).until("one"), 4, Progress.NONE);
        byte[] expected = new byte[MIB];
        System.arraycopy(new byte[] {1, 2, 3}, 0, expected, 10, 3);
        expected[500_000] = 4;
        assertThat(Arrays.equals(client.exported(client.spec("target@one")), expected))
                .isTrue();

        assertThat(refusal(Changes.of(MIB, map).until("one"))).isEqualTo(Errno.EEXIST);
        assertThat(refusal(Changes.of(MIB, map).since("none"))).isEqualTo(Errno.EINVAL);
        assertThat(refusal(of(new DiffExtent(-1, 5, false)))).isEqualTo(Errno.EINVAL);
        assertThat(refusal(of(new DiffExtent(0, 0, false)))).isEqualTo(Errno.EINVAL);
        assertThat(refusal(of(new DiffExtent(0, MIB + 1, true)))).isEqualTo(Errno.EINVAL);
        assertThat(refusal(of(new DiffExtent(Long.MAX_VALUE, Long.MAX_VALUE, true))))
                .isEqualTo(Errno.EINVAL);
        assertThat(Arrays.equals(client.exported(client.spec("target")), expected))
                .isTrue();

        for (Changes half : List.of(
                of(new DiffExtent(0, 10, false), new DiffExtent(5, 10, false)).until("two"),
                Changes.of(
                                MIB,
                                List.of(new DiffExtent(0, 10, true)),
                                Channels.newChannel(new ByteArrayInputStream(new byte[5])))
                        .until("two"))) {
            assertThatThrownBy(() -> streams.applyChanges("target", half, 4, Progress.NONE))
                    .isInstanceOf(HalfAppliedException.class)
                    .hasMessageContaining("target");
        }
        try (Image image = client.rbd.openReadOnly("target")) {
            assertThat(image.snapshots()).extracting(SnapshotInfo::name).containsExactly("one");
        }
    }

    private static Changes of(DiffExtent... extents) {
        return Changes.of(MIB, List.of(extents), (offset, into) -> into.position(into.limit()));
    }

    private Errno refusal(Changes refused) {
        RadosException failure = catchThrowableOfType(
                RadosException.class, () -> streams.applyChanges("target", refused, 4, Progress.NONE));
        assertThat(failure).isNotInstanceOf(HalfAppliedException.class);
        return failure.errno();
    }
}
