package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.image.ImageIo;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotQuiesce;
import io.jrados.rbd.shared.SharedImage;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Writes that stand in line behind a verb, which waits for a write that is held back: they are made to the image as the
 * verb has left it, whether the verb says that it has succeeded or not.
 */
@CephTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class WritesBehindVerbsTest {
    private static final int OBJECT = 1 << 16;
    private static final int SIZE = 2 * OBJECT;
    private static final int ENDLESS = 100;

    private Images images;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        images = new Images(cluster, WritesBehindVerbsTest.class);
    }

    @AfterAll
    void disconnect() {
        images.close();
    }

    /** Whether the header has to be read for the verb, with the next write in line. */
    enum Kind {
        /** An image without a lock: always. */
        UNLOCKED(ImageOptions.LAYERING),
        /** An image whose lock is here: when somebody has told of a change. */
        LOCKED(ImageOptions.DEFAULT);

        private final ImageOptions options;

        Kind(ImageOptions options) {
            this.options = options.withOrder(16);
        }
    }

    private interface Verb {
        void run(ImageContext image) throws RadosException;
    }

    private static ByteBuffer object(int value) {
        byte[] bytes = new byte[OBJECT];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    private static boolean isData(String object) {
        return object.startsWith("rbd_data.");
    }

    /** An image with both objects written, and the lock here if it has one. */
    private SharedImage open(Kind kind, String name, FaultPoint point) throws RadosException {
        point.disarm();
        images.create(name, SIZE, kind.options);
        SharedImage shared = SharedImage.of(Images.open(new FaultyPool(images.pool, point), name));
        Wait.on(new ImageIo(shared.image()).write(0, object('a')));
        Wait.on(new ImageIo(shared.image()).write(OBJECT, object('a')));
        return shared;
    }

    /** Runs a verb behind a write to the first object, and then writes behind the verb. */
    private static Optional<RadosException> behind(
            ImageContext image, FaultPoint point, Verb verb, long offset, CompletableFuture<Void> written)
            throws RadosException {
        ImageIo io = new ImageIo(image);
        point.arm();
        CompletableFuture<Void> before = io.write(0, object('a'));
        await(point::isHolding);
        CompletableFuture<Optional<RadosException>> end = CompletableFuture.supplyAsync(() -> {
            try {
                verb.run(image);
                return Optional.empty();
            } catch (RadosException failed) {
                return Optional.of(failed);
            }
        });
        await(() -> end.isDone() || image.gate().view().closed().isPresent());
        io.write(offset, object('b')).whenComplete((done, failed) -> {
            if (failed == null) {
                written.complete(null);
            } else {
                written.completeExceptionally(failed);
            }
        });
        image.invalidate();
        point.release();
        Wait.on(before);
        return Wait.on(end);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Covers("H46")
    void aSnapshotHasNothingOfAWriteBehindIt(Kind kind) throws IOException {
        String name = "snapshot" + kind.ordinal();
        FaultPoint point = FaultPoint.holding(WritesBehindVerbsTest::isData);
        try (SharedImage shared = open(kind, name, point)) {
            CompletableFuture<Void> written = new CompletableFuture<>();
            Optional<RadosException> end = behind(
                    shared.image(),
                    point,
                    image -> new CreateSnapshot(image, "s", SnapshotQuiesce.SKIP).execute(),
                    OBJECT,
                    written);
            assertThat(end).isEmpty();
            Wait.on(written);
        }
        assertSnapshotIsOld(name);
    }

    private void assertSnapshotIsOld(String name) throws IOException {
        byte[] expected = new byte[SIZE];
        Arrays.fill(expected, (byte) 'a');
        assertThat(Arrays.mismatch(images.export(images.spec(name) + "@s"), expected))
                .as("the snapshot's first byte that differs")
                .isEqualTo(-1);
        Arrays.fill(expected, OBJECT, SIZE, (byte) 'b');
        assertThat(Arrays.mismatch(images.export(images.spec(name)), expected))
                .as("the head's first byte that differs")
                .isEqualTo(-1);
    }

    /** Loses the answer of each write of the verb in turn: the snapshot may be there although the verb failed. */
    @ParameterizedTest
    @EnumSource
    @Covers("H46")
    void aSnapshotWhoseVerbFailsHasNothingOfAWriteBehindItEither(Kind kind) throws IOException {
        boolean isThere = false;
        for (int k = 1; k < ENDLESS; k++) {
            String name = "failed" + kind.ordinal() + "-" + k;
            FaultPoint point = FaultPoint.holdingAndLosing(WritesBehindVerbsTest::isData);
            int operation = k;
            boolean wasReached;
            Optional<RadosException> end;
            CompletableFuture<Void> written = new CompletableFuture<>();
            try (SharedImage shared = open(kind, name, point)) {
                end = behind(
                        shared.image(),
                        point,
                        image -> {
                            point.failAfter(operation);
                            new CreateSnapshot(image, "s", SnapshotQuiesce.SKIP).execute();
                        },
                        OBJECT,
                        written);
                wasReached = point.end();
                written.exceptionally(refused -> null).join();
            }
            if (images.open(name).state().snapshot("s").isPresent() && !written.isCompletedExceptionally()) {
                isThere |= end.isPresent();
                assertSnapshotIsOld(name);
            }
            if (!wasReached) {
                assertThat(isThere)
                        .as("a verb failed and its snapshot was there")
                        .isTrue();
                return;
            }
        }
        throw new AssertionError("the verb has no end");
    }

    @ParameterizedTest
    @EnumSource
    @Covers("H15")
    void aWriteBehindAGrowthReachesTheNewSpace(Kind kind) throws IOException {
        String name = "grows" + kind.ordinal();
        FaultPoint point = FaultPoint.holding(WritesBehindVerbsTest::isData);
        try (SharedImage shared = open(kind, name, point)) {
            CompletableFuture<Void> written = new CompletableFuture<>();
            behind(shared.image(), point, image -> resize(image, SIZE + OBJECT), SIZE, written);
            Wait.on(written);
        }
        byte[] all = images.export(images.spec(name));
        assertThat(all).hasSize(SIZE + OBJECT);
        assertThat(all[SIZE]).isEqualTo((byte) 'b');
    }

    private static void resize(ImageContext image, long size) throws RadosException {
        new ResizeImage(image, size, true, Progress.NONE).execute();
    }

    @ParameterizedTest
    @EnumSource
    @Covers("H15")
    void aWriteBehindAShrinkLeavesNothingBeyondTheEnd(Kind kind) throws IOException {
        String name = "shrinks" + kind.ordinal();
        FaultPoint point = FaultPoint.holding(WritesBehindVerbsTest::isData);
        try (SharedImage shared = open(kind, name, point)) {
            CompletableFuture<Void> written = new CompletableFuture<>();
            behind(shared.image(), point, image -> resize(image, OBJECT), OBJECT, written);
            assertThatThrownBy(() -> written.get(30, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            ExecutionException.class, failed -> assertThat(((RadosException) failed.getCause()).errno())
                                    .isEqualTo(Errno.EINVAL));
            resize(shared.image(), SIZE);
        }
        assertThat(images.export(images.spec(name))[OBJECT]).isZero();
    }
}
