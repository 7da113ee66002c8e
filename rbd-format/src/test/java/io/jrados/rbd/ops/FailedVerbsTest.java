package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotQuiesce;
import io.jrados.rbd.ops.FaultPoint.Kind;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Verbs that fail half done, at each of their writes, because the answer gets lost: the image that goes on being
 * written has seen what was changed, and so have the others who have it open.
 */
@CephTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailedVerbsTest {
    private static final int OBJECT = 1 << 16;
    private static final int SIZE = 4 * OBJECT;
    private static final int ENDLESS = 60;
    private static final ImageOptions OPTIONS = ImageOptions.DEFAULT.withOrder(16);
    private static final int TOLD_WITHIN_SECONDS = 60;

    /** Enough for a write that nothing holds up; a slow machine only finds less. */
    private static final int A_WHILE_MILLIS = 300;

    private Images images;
    private Rbd rbd;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        images = new Images(cluster, FailedVerbsTest.class);
        rbd = Rbd.on(images.pool);
    }

    @AfterAll
    void disconnect() {
        images.close();
    }

    private interface Step {
        void run(Image image) throws RadosException;
    }

    /** Each on an image with the snapshot "s", whose head differs from it. */
    enum Verb {
        CREATE_SNAPSHOT(image -> image.createSnapshot("t", SnapshotQuiesce.SKIP)),
        REMOVE_SNAPSHOT(image -> image.removeSnapshot("s")),
        GROW(image -> image.resize(SIZE + 3 * OBJECT, Progress.NONE)),
        SHRINK(image -> image.resize(SIZE / 2, Progress.NONE)),
        ROLL_BACK(image -> image.rollBack("s", Progress.NONE)),
        WITHOUT_MAP(image -> image.updateFeatures(Features.OBJECT_MAP | Features.FAST_DIFF, false)),
        METADATA(image -> image.setMetadata("conf_rbd_skip_partial_discard", new byte[] {'1'}));

        private final Step step;

        Verb(Step step) {
            this.step = step;
        }
    }

    private static ByteBuffer bytes(int length, char with) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) with);
        return ByteBuffer.wrap(bytes);
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"H15", "H46", "H47", "K7", "K12"})
    void anImageGoesOnAfterAFailureWithWhatTheHeaderSays(Verb verb) throws Exception {
        for (int k = 1; k < ENDLESS; k++) {
            String name = "i" + k + verb.name().toLowerCase();
            FaultPoint point = FaultPoint.ofWrites(Kind.LOST);
            rbd.create(name, SIZE, OPTIONS);
            try (Image image = Rbd.on(new FaultyPool(images.pool, point)).open(name);
                    Image other = rbd.open(name)) {
                image.write(0, bytes(SIZE, 'A'));
                image.createSnapshot("s", SnapshotQuiesce.SKIP);
                image.write(OBJECT, bytes(OBJECT, 'a'));
                Semaphore told = new Semaphore(0);
                other.onUpdate(told::release);
                Map<String, String> before = header(image);
                point.failAfter(k);
                boolean failed = fails(verb, image);
                boolean reached = point.end();
                if (failed && !header(image).equals(before)) {
                    assertThat(told.tryAcquire(TOLD_WITHIN_SECONDS, TimeUnit.SECONDS))
                            .as("the other is told, at write " + k)
                            .isTrue();
                }
                try {
                    check(image);
                    if (failed) {
                        fails(verb, image);
                    }
                    checkObjectMap(image);
                } catch (RadosException | AssertionError wrong) {
                    throw new AssertionError("after a lost answer to write " + k, wrong);
                }
                if (!reached) {
                    assertThat(k).isGreaterThan(1);
                    return;
                }
            } finally {
                removeAll(name);
            }
        }
        throw new AssertionError("the verb has no end");
    }

    @ParameterizedTest
    @EnumSource(names = {"CREATE_SNAPSHOT", "REMOVE_SNAPSHOT", "GROW", "SHRINK", "ROLL_BACK"})
    @Covers({"H15", "H46", "H47", "K12", "K19"})
    void whatAFailedVerbChangesLateIsSeenByTheNextWriteAndByTheOthers(Verb verb) throws Exception {
        for (int k = 1; k < ENDLESS; k++) {
            String name = "late" + k + verb.name().toLowerCase();
            FaultPoint point = FaultPoint.ofLateWrites();
            rbd.create(name, SIZE, OPTIONS);
            try (Image image = Rbd.on(new FaultyPool(images.pool, point)).open(name);
                    Image other = rbd.open(name)) {
                image.write(0, bytes(SIZE, 'A'));
                image.createSnapshot("s", SnapshotQuiesce.SKIP);
                image.write(OBJECT, bytes(OBJECT, 'a'));
                Semaphore told = new Semaphore(0);
                other.onUpdate(told::release);
                point.failAfter(k);
                CompletableFuture<Void> failed = CompletableFuture.runAsync(() -> {
                    fails(verb, image);
                    point.end();
                });
                CompletableFuture.anyOf(failed, point.late()).get(TOLD_WITHIN_SECONDS, TimeUnit.SECONDS);
                isDone(failed);
                CompletableFuture<Void> write = image.writeAsync(0, bytes(OBJECT, 'B'));
                isDone(write);
                Map<String, String> before = header(image);
                told.drainPermits();
                point.lateWrite().ifPresent(LateWrite::land);
                point.lateWrite().ifPresent(late -> late.settledAsync()
                        .orTimeout(TOLD_WITHIN_SECONDS, TimeUnit.SECONDS)
                        .join());
                try {
                    failed.get(TOLD_WITHIN_SECONDS, TimeUnit.SECONDS);
                    write.get(TOLD_WITHIN_SECONDS, TimeUnit.SECONDS);
                    if (!header(image).equals(before)) {
                        assertThat(told.tryAcquire(TOLD_WITHIN_SECONDS, TimeUnit.SECONDS))
                                .as("the other is told")
                                .isTrue();
                    }
                    check(image);
                    fails(verb, image);
                    checkObjectMap(image);
                } catch (RadosException | ExecutionException | AssertionError wrong) {
                    throw new AssertionError("after write " + k + " was late, " + point.lateWrite(), wrong);
                }
                if (point.lateWrite().isEmpty()) {
                    assertThat(k).isGreaterThan(1);
                    return;
                }
            } finally {
                removeAll(name);
            }
        }
        throw new AssertionError("the verb has no end");
    }

    /** Whether it ends although a write is late; it need not. */
    private static boolean isDone(CompletableFuture<?> future) throws InterruptedException {
        try {
            future.get(A_WHILE_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException notYet) {
            return false;
        }
    }

    private static boolean fails(Verb verb, Image image) {
        try {
            verb.step.run(image);
            return false;
        } catch (RadosException lost) {
            return true;
        }
    }

    /** Without the lock and the watch, which are no part of what an image is. */
    private Map<String, String> header(Image image) throws RadosException {
        Map<String, String> header = new TreeMap<>();
        images.pool.omap(ObjectNames.header(image.id())).forEach((key, value) -> {
            if (!key.endsWith("timestamp")) {
                header.put(key, Arrays.toString(value));
            }
        });
        return header;
    }

    private void check(Image image) throws IOException {
        image.write(0, bytes(OBJECT, 'B'));
        image.write(OBJECT, bytes(512, 'b'));
        try (Image now = rbd.openReadOnly(image.name())) {
            assertThat(image.size()).as("the size that writes obey").isEqualTo(now.size());
            assertThatThrownBy(() -> image.write(now.size(), bytes(512, 'x')))
                    .isInstanceOfSatisfying(RadosException.class, refused -> assertThat(refused.errno())
                            .isEqualTo(Errno.EINVAL));
            assertThat(image.snapshots()).isEqualTo(now.snapshots());
            for (SnapshotInfo snapshot : now.snapshots()) {
                if (snapshot.namespace() == SnapshotInfo.Namespace.USER) {
                    checkSnapshot(image.name(), snapshot.name());
                }
            }
            assertThat(objectsBeyond(now)).as("objects behind the end").isZero();
        }
    }

    /**
     * A verb that failed leaves an object as about to be deleted, perhaps, but none as absent; run again it finishes.
     */
    private static void checkObjectMap(Image image) throws RadosException {
        if ((image.info().features() & Features.OBJECT_MAP) != 0 && image.info().flags() == 0) {
            assertThat(image.checkObjectMap(Optional.empty(), Progress.NONE))
                    .as("the object map, which is called valid")
                    .isTrue();
        }
    }

    private void checkSnapshot(String name, String snapshot) throws IOException {
        boolean isNewer = snapshot.equals("t");
        byte[] shown = isNewer ? images.export(images.spec(name) + "@" + snapshot) : read(name, snapshot);
        for (int at = 0; at < SIZE; at++) {
            char expected = isNewer && at / OBJECT == 1 ? 'a' : 'A';
            if (shown[at] != expected) {
                throw new AssertionError("snapshot " + snapshot + " shows " + (char) shown[at] + " at " + at);
            }
        }
    }

    private byte[] read(String name, String snapshot) throws RadosException {
        byte[] shown = new byte[SIZE];
        try (Image image = rbd.openSnapshot(name, snapshot)) {
            image.read(0, ByteBuffer.wrap(shown));
        }
        return shown;
    }

    private long objectsBeyond(Image image) throws RadosException {
        long beyond = 0;
        String prefix = ObjectNames.data("rbd_data." + image.id(), 0);
        String common = prefix.substring(0, prefix.lastIndexOf('.') + 1);
        for (String object : images.pool.objects()) {
            if (object.startsWith(common)
                    && Long.parseUnsignedLong(object.substring(common.length()), 16) * OBJECT >= image.size()
                    && image.snapshots().isEmpty()) {
                beyond++;
            }
        }
        return beyond;
    }

    private void removeAll(String name) throws RadosException {
        try (Image image = rbd.open(name)) {
            for (SnapshotInfo snapshot : image.snapshots()) {
                if (snapshot.isProtected()) {
                    image.unprotectSnapshot(snapshot.name());
                }
                image.removeSnapshot(snapshot.id());
            }
        }
        rbd.remove(name, Progress.NONE);
    }
}
