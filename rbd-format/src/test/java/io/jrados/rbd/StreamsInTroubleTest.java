package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.stream.CopyOptions;
import io.jrados.rbd.stream.DiffExportOptions;
import io.jrados.rbd.stream.HalfAppliedException;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.rbd.stream.ImportOptions;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The middle of a stream's way into an image is when the pool becomes full, the lock is lost or the parent is gone. */
@PrivateCephTest(
        mgrs = 1,
        conf = {"osd client watch timeout = 3", "mgr stats period = 1"})
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamsInTroubleTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 24 * MIB;

    private PrivateCephCluster cluster;
    private TestClient client;

    @BeforeAll
    void connect(PrivateCephCluster own) throws IOException {
        cluster = own;
        client = new TestClient(own, own.pool(StreamsInTroubleTest.class), TestClient.Mode.CRC);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    /** Something that happens once, when a quarter is done. */
    private static Progress atAQuarter(Trouble trouble) {
        AtomicBoolean happened = new AtomicBoolean();
        return (done, total) -> {
            if (done >= total / 4 && happened.compareAndSet(false, true)) {
                try {
                    trouble.happen();
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            }
        };
    }

    private interface Trouble {
        void happen() throws IOException;
    }

    private static void await(String what, Trouble step, Duration within) throws IOException {
        long end = System.nanoTime() + within.toNanos();
        while (true) {
            try {
                step.happen();
                return;
            } catch (BusyException young) {
                assertThat(System.nanoTime()).as(what).isLessThan(end);
            }
        }
    }

    private boolean isFull(String pool) throws IOException {
        return cluster.run("ceph", "osd", "pool", "ls", "detail")
                .lines()
                .anyMatch(line -> line.contains("'" + pool + "'") && line.contains("full_quota"));
    }

    private void awaitFull(String pool, boolean full) throws IOException {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (isFull(pool) != full) {
            assertThat(System.nanoTime()).as("full: %s", full).isLessThan(end);
        }
        Wait.on(client.rados.waitForLatestOsdMapAsync());
    }

    @Test
    @Covers({"H17", "H109", "H110"})
    void aPoolThatBecomesFullEndsItAndNoPartHasTheName() throws IOException {
        String pool = cluster.pool(StreamsInTroubleTest.class, "full");
        Rbd rbd = Rbd.on(client.rados.pool(pool));
        Rbd impatient = Rbd.on(client.rados.pool(pool).withDeadline(Duration.ofSeconds(5)));
        rbd.create("something", 8 * MIB, ImageOptions.DEFAULT);
        try (Image image = rbd.open("something")) {
            image.write(0, ByteBuffer.wrap(TestClient.bytes(1, 8 * MIB)));
        }
        byte[] bytes = TestClient.bytes(2, SIZE);
        Throwable failed = catchThrowable(() -> ImageStreams.on(impatient)
                .importImage(
                        "imported",
                        ImportOptions.DEFAULT.withDepth(1),
                        Channels.newChannel(new ByteArrayInputStream(bytes)),
                        atAQuarter(() -> {
                            cluster.run("ceph", "osd", "pool", "set-quota", pool, "max_objects", "1");
                            awaitFull(pool, true);
                        })));
        assertThat(failed).isInstanceOfSatisfying(RadosException.class, known -> assertThat(known.errno())
                .isIn(Errno.ETIMEDOUT, Errno.EDQUOT, Errno.ENOSPC));
        assertThat(rbd.list()).contains("something").doesNotContain("imported");
        cluster.run("ceph", "osd", "pool", "set-quota", pool, "max_objects", "0");
        awaitFull(pool, false);
        await(
                "its maker is not forgotten",
                () -> ImageStreams.on(rbd)
                        .importImage(
                                "imported",
                                ImportOptions.DEFAULT,
                                Channels.newChannel(new ByteArrayInputStream(bytes)),
                                Progress.NONE),
                Duration.ofSeconds(60));
        assertThat(Arrays.equals(client.exported(pool + "/imported"), bytes)).isTrue();
        assertThat(rbd.list()).containsExactly("imported", "something");
    }

    @Test
    @Covers("H17")
    void aParentThatIsGoneEndsACopyBeforeItAndDoesNotMatterToOneThatReads() throws IOException {
        client.rbd.create("parent", SIZE, ImageOptions.DEFAULT);
        byte[] bytes = TestClient.bytes(3, SIZE);
        try (Image image = client.rbd.open("parent")) {
            image.write(0, ByteBuffer.wrap(bytes));
            image.createSnapshot("s");
        }
        client.rbd.clone(client.snapshot("parent", "s"), "child", ImageOptions.DEFAULT.withCloneFormat(2));
        String header = "rbd_header." + client.rbd.ids().get("parent");
        ImageStreams streams = ImageStreams.on(client.rbd);
        streams.copyImage(
                "child",
                CopyOptions.DEFAULT.withDepth(1),
                client.rbd,
                "before",
                atAQuarter(() -> client.pool.remove(header)));
        assertThat(Arrays.equals(client.exported(client.spec("before")), bytes)).isTrue();
        Throwable failed = catchThrowable(
                () -> streams.copyImage("child", CopyOptions.DEFAULT, client.rbd, "after", Progress.NONE));
        assertThat(failed).isInstanceOf(NotFoundException.class).hasMessageContaining(header);
        assertThat(client.rbd.list()).noneMatch(name -> name.startsWith("after"));
    }

    @Test
    @Covers("H113")
    void aLockThatIsLostLeavesAHalfAppliedImageThatSaysSo() throws IOException {
        client.rbd.create("source", SIZE, ImageOptions.DEFAULT);
        byte[] before = TestClient.bytes(4, SIZE);
        byte[] after = TestClient.bytes(5, SIZE);
        try (Image image = client.rbd.open("source")) {
            image.write(0, ByteBuffer.wrap(before));
            image.createSnapshot("one");
            image.write(0, ByteBuffer.wrap(after));
            image.createSnapshot("two");
        }
        ImageStreams streams = ImageStreams.on(client.rbd);
        streams.copyImage("source", CopyOptions.DEFAULT.of("one"), client.rbd, "target", Progress.NONE);
        try (Image image = client.rbd.open("target")) {
            image.createSnapshot("one");
        }
        ByteArrayOutputStream diff = new ByteArrayOutputStream();
        streams.exportDiff(
                "source",
                DiffExportOptions.DEFAULT.since("one").until("two"),
                Channels.newChannel(diff),
                Progress.NONE);
        try (Rados victim = Rados.connect(TestConf.of(cluster))) {
            Rbd theirs = Rbd.on(victim.pool(client.pool.name()));
            Throwable failed = catchThrowable(() -> ImageStreams.on(theirs)
                    .importDiff(
                            "target",
                            Channels.newChannel(new ByteArrayInputStream(diff.toByteArray())),
                            1,
                            atAQuarter(() -> {
                                String address = victim.address();
                                cluster.run("ceph", "osd", "blocklist", "add", address);
                            })));
            assertThat(failed).isInstanceOfSatisfying(HalfAppliedException.class, half -> {
                assertThat(half.errno()).isEqualTo(Errno.EBLOCKLISTED);
                assertThat(half.image()).endsWith("/target");
            });
        }
        try (Image image = client.rbd.openReadOnly("target")) {
            assertThat(image.snapshots()).extracting(SnapshotInfo::name).containsExactly("one");
        }
        await(
                "the lock of the fenced client",
                () -> streams.importDiff(
                        "target", Channels.newChannel(new ByteArrayInputStream(diff.toByteArray())), Progress.NONE),
                Duration.ofSeconds(60));
        assertThat(Arrays.equals(client.exported(client.spec("target@two")), after))
                .isTrue();
        Throwable again = catchThrowable(() -> streams.importDiff(
                "target", Channels.newChannel(new ByteArrayInputStream(diff.toByteArray())), Progress.NONE));
        assertThat(again).isInstanceOf(AlreadyExistsException.class);
    }
}
