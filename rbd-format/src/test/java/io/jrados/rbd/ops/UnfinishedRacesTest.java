package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jrados.conf.LoopThread;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.TestConf;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two clients that make an image of one name. */
@PrivateCephTest(conf = "osd client watch timeout = 3")
@Timeout(180)
class UnfinishedRacesTest {
    private PrivateCephCluster cluster;
    private Rados first;
    private Rados second;
    private String pool;

    @BeforeEach
    void connect(PrivateCephCluster own) throws IOException {
        cluster = own;
        pool = own.pool(UnfinishedRacesTest.class);
        first = Rados.connect(TestConf.of(own));
        second = Rados.connect(TestConf.of(own));
    }

    @AfterEach
    void disconnect() {
        first.close();
        second.close();
    }

    private static boolean works(Rados rados, String pool) {
        try {
            rados.pool(pool).operate("rbd_directory", new ReadOperation().stat());
            return true;
        } catch (RadosException fenced) {
            return false;
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        boolean there = condition.getAsBoolean();
        while (!there && System.nanoTime() < deadline) {
            there = condition.getAsBoolean();
        }
        assertThat(there).as(what).isTrue();
    }

    /**
     * The first maker was lost for a while, as one whose host was paused: its watch is gone. The second replaces its
     * image. When the first comes back it takes back its own image, and nothing of the second's.
     */
    @Test
    void whoComesBackTakesBackItsOwnImageOnly() throws Exception {
        Rbd ours = Rbd.on(first.pool(pool));
        Rbd theirs = Rbd.on(second.pool(pool));
        CountDownLatch inTheMiddle = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<String> made = new CompletableFuture<>();
        Throwable failed =
                catchThrowable(() -> ImageStreams.on(ours).makeImage("x", 8 << 20, ImageOptions.DEFAULT, image -> {
                    cluster.run("ceph", "osd", "blocklist", "add", first.address());
                    await("the watch is gone", () -> {
                        try (Image seen = theirs.openReadOnly("x.unfinished")) {
                            return seen.watchers().isEmpty();
                        } catch (RadosException later) {
                            return false;
                        }
                    });
                    CompletableFuture.runAsync(() -> {
                        try {
                            made.complete(
                                    ImageStreams.on(theirs).makeImage("x", 8 << 20, ImageOptions.DEFAULT, mine -> {
                                        mine.createSnapshot("one");
                                        inTheMiddle.countDown();
                                        try {
                                            assertThat(goOn.await(120, TimeUnit.SECONDS))
                                                    .isTrue();
                                        } catch (InterruptedException stopped) {
                                            throw new IOException(stopped);
                                        }
                                    }));
                        } catch (Throwable wrong) {
                            made.completeExceptionally(wrong);
                            inTheMiddle.countDown();
                        }
                    });
                    try {
                        assertThat(inTheMiddle.await(60, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException stopped) {
                        throw new IOException(stopped);
                    }
                    cluster.run("ceph", "osd", "blocklist", "rm", first.address());
                    await("the first client works again", () -> works(first, pool));
                    throw new IOException("the filling gives up");
                }));
        assertThat(failed).isInstanceOf(IOException.class);
        goOn.countDown();
        made.get(60, TimeUnit.SECONDS);
        try (Image image = theirs.openReadOnly("x")) {
            assertThat(image.snapshots()).extracting(SnapshotInfo::name).containsExactly("one");
        }
    }

    /** An image that was just created, and is being opened by its maker, is left alone. */
    @Test
    void whoFindsAnotherAtWorkTakesNothingOfIt() throws Exception {
        Rbd theirs = Rbd.on(second.pool(pool));
        String id = theirs.create("y.unfinished", 0, ImageOptions.DEFAULT.withMetadata("jrados.unfinished", "y"));
        Image[] open = new Image[1];
        int[] reads = new int[1];
        // before the second time that the name is looked up: the first is for the remnant's watchers
        FaultPoint meanwhile =
                FaultPoint.before(object -> object.equals("rbd_id.y.unfinished") && ++reads[0] == 3, () -> {
                    open[0] = theirs.openById(id);
                    open[0].resize(1 << 20, Progress.NONE);
                    open[0].createSnapshot("one");
                });
        Throwable failed = catchThrowable(() -> ImageStreams.on(Rbd.on(new FaultyPool(first.pool(pool), meanwhile)))
                .makeImage("y", 1 << 20, ImageOptions.DEFAULT, image -> {}));
        try {
            assertThat(open[0]).as("after " + reads[0] + " look-ups, " + failed).isNotNull();
            assertThat(open[0].snapshots())
                    .as("after " + failed)
                    .extracting(SnapshotInfo::name)
                    .containsExactly("one");
        } finally {
            if (open[0] != null) {
                open[0].close();
            }
        }
    }

    /** Somebody asks for the same image when it has its name already, and its maker is about to take the mark off. */
    @Test
    void whoHasMadeItIsNotToldOtherwiseBecauseAnotherLooked() throws Exception {
        Rbd theirs = Rbd.on(second.pool(pool));
        boolean[] looked = new boolean[1];
        FaultPoint meanwhile = FaultPoint.before(
                object -> object.startsWith("rbd_header.")
                        && !(Thread.currentThread() instanceof LoopThread)
                        && exists(theirs, "z"),
                () -> {
                    looked[0] = true;
                    Throwable refused = catchThrowable(
                            () -> ImageStreams.on(theirs).makeImage("z", 1 << 20, ImageOptions.DEFAULT, image -> {}));
                    assertThat(refused).isInstanceOf(AlreadyExistsException.class);
                });
        Throwable failed = catchThrowable(() -> ImageStreams.on(Rbd.on(new FaultyPool(first.pool(pool), meanwhile)))
                .makeImage("z", 1 << 20, ImageOptions.DEFAULT, image -> {}));
        assertThat(looked[0]).isTrue();
        assertThat(failed).isNull();
    }

    private static boolean exists(Rbd rbd, String name) {
        try {
            return rbd.exists(name);
        } catch (RadosException failed) {
            return false;
        }
    }
}
