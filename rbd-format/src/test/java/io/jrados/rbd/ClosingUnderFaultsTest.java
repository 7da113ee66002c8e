package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.cls.Lock;
import io.jrados.cls.LockTerms;
import io.jrados.cls.Locks;
import io.jrados.error.ClosedException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Images that are closed, or whose lock is given away, while the cluster cannot take the lock back. */
@PrivateCephTest(
        mgrs = 1,
        conf = {"osd heartbeat grace = 60", "mon osd report timeout = 300", "mgr stats period = 1"})
@Timeout(180)
class ClosingUnderFaultsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(3);
    private static final int SIZE = 4096;
    private static final String[] OSDS = {"osd.0", "osd.1"};

    private PrivateCephCluster cluster;
    private TestClient judge;
    private Rados rados;
    private Rbd rbd;

    @BeforeEach
    void connect(PrivateCephCluster own) throws IOException {
        cluster = own;
        judge = new TestClient(own, own.pool(ClosingUnderFaultsTest.class), TestClient.Mode.CRC);
        rados = Wait.on(Rados.builder(TestConf.of(own))
                .operationDeadline(DEADLINE)
                .connectDeadline(Duration.ofMinutes(1))
                .connectAsync());
        rbd = Rbd.on(rados.pool(judge.pool.name()));
    }

    @AfterEach
    void disconnect() {
        rados.close();
        judge.close();
    }

    private Image written(String name) throws RadosException {
        rbd.create(name, 8 << 20, ImageOptions.DEFAULT);
        Image image = rbd.open(name);
        write(image);
        return image;
    }

    private static void write(Image image) throws RadosException {
        image.write(0, ByteBuffer.allocate(SIZE));
    }

    private String lockers(String name) throws IOException {
        return judge.rbd("lock", "ls", judge.spec(name)).text();
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        boolean there = condition.getAsBoolean();
        while (!there && System.nanoTime() < deadline) {
            there = condition.getAsBoolean();
        }
        assertThat(there).as(what).isTrue();
    }

    private boolean isUnlocked(String name) {
        try {
            return lockers(name).isEmpty();
        } catch (IOException failed) {
            return false;
        }
    }

    /** Another client writes the image, and this one is not fenced for it. */
    private void assertLeftInOrder(String name, Image other) throws Exception {
        await("the lock of " + name + " is given away", () -> isUnlocked(name));
        try (NativeClient theirs = new NativeClient(cluster, judge.pool.name())) {
            theirs.open(name);
            theirs.write(0, 7, SIZE);
            assertThat(theirs.read(0, SIZE)).isEqualTo(7);
            theirs.run("image.close()");
        }
        assertThat(cluster.run("ceph", "osd", "blocklist", "ls"))
                .doesNotContain(rados.address().replaceFirst("^.*:0/", ":0/"));
        write(other);
        try (Image again = rbd.open(name)) {
            write(again);
            assertThat(again.lock().isOwned()).isTrue();
        }
    }

    @Test
    @Covers({"H08", "H64"})
    void closingInAnOutageTakesOneDeadlineAndTheLockIsGivenAwayAfterIt() throws Exception {
        try (Image other = written("other-1")) {
            Image image = written("outage");
            cluster.pause(OSDS);
            RadosException first;
            RadosException second;
            Duration took;
            try {
                long start = System.nanoTime();
                first = catchThrowableOfType(RadosException.class, image::close);
                took = Duration.ofNanos(System.nanoTime() - start);
                second = catchThrowableOfType(RadosException.class, image::close);
            } finally {
                cluster.resume(OSDS);
            }
            assertThat(first.errno()).isEqualTo(Errno.ETIMEDOUT);
            assertThat(first).hasMessageContaining(judge.spec("outage")).hasMessageContaining("lock");
            assertThat(second).as("a second close").isNotNull();
            assertThat(took).as("five deadlines before").isLessThan(DEADLINE.multipliedBy(3));
            assertLeftInOrder("outage", other);
            image.close();
            image.close();
        }
    }

    @Test
    @Covers({"H61", "H64"})
    void aLockThatCouldNotBeGivenAwayIsNotCalledGivenAway() throws Exception {
        try (Image other = written("other-2");
                Image image = written("release")) {
            cluster.pause(OSDS);
            Throwable failed;
            try {
                failed = catchThrowable(() -> image.lock().release());
            } finally {
                cluster.resume(OSDS);
            }
            assertThat(failed).isInstanceOf(RadosException.class).hasMessageContaining(judge.spec("release"));
            assertLeftInOrder("release", other);
        }
    }

    @Test
    @Covers("H08")
    void aClientThatClosesWithALockSaysSo() throws Exception {
        Image image = written("closed");
        Throwable last;
        cluster.pause(OSDS);
        try {
            assertThat(catchThrowable(image::close)).isInstanceOf(DeadlineException.class);
            rados.close();
            last = catchThrowable(image::close);
        } finally {
            cluster.resume(OSDS);
        }
        assertThat(last).isInstanceOf(ClosedException.class).hasMessageContaining(judge.spec("closed"));
    }

    @Test
    @Covers({"H08", "H14"})
    void anImageOfAFullPoolGivesItsLockAway() throws Exception {
        String pool = cluster.pool(ClosingUnderFaultsTest.class, "full");
        Rbd full = Rbd.on(rados.pool(pool));
        full.create("image", 8 << 20, ImageOptions.DEFAULT);
        Image image = full.open("image");
        write(image);
        cluster.run("ceph", "osd", "pool", "set-quota", pool, "max_objects", "1");
        await("the pool is full", () -> isFull(pool));
        Wait.on(rados.waitForLatestOsdMapAsync());
        image.close();
        assertThat(judge.rbd("lock", "ls", pool + "/image").text()).isEmpty();
        assertThat(judge.rbd("status", pool + "/image").text()).contains("Watchers: none");
        full.remove("image", Progress.NONE);
        assertThat(judge.rbd("ls", pool).text()).doesNotContain("image");
    }

    private boolean isFull(String pool) {
        try {
            return cluster.run("ceph", "osd", "pool", "ls", "detail")
                    .lines()
                    .anyMatch(line -> line.contains("'" + pool + "'") && line.contains("full_quota"));
        } catch (IOException failed) {
            return false;
        }
    }

    @Test
    @Covers({"H63", "H14"})
    void aRemnantOfOnesOwnLockIsNoObstacle() throws Exception {
        String opened = rbd.create("remnant", 8 << 20, ImageOptions.DEFAULT);
        String removed = rbd.create("removed", 8 << 20, ImageOptions.DEFAULT);
        for (String id : new String[] {opened, removed}) {
            Locks.in(rbd.pool())
                    .lock(
                            "rbd_header." + id,
                            Lock.exclusive("rbd_lock", "auto 987654321").withTag("internal"),
                            LockTerms.USUAL);
        }
        rbd.remove("removed", Progress.NONE);
        assertThat(judge.rbd("ls", judge.pool.name()).text()).doesNotContain("removed");
        try (Image image = rbd.open("remnant");
                Image other = written("other-3")) {
            write(image);
            assertThat(image.lock().isOwned()).isTrue();
            assertThat(cluster.run("ceph", "osd", "blocklist", "ls"))
                    .doesNotContain(rados.address().replaceFirst("^.*:0/", ":0/"));
            write(other);
        }
    }

    @Test
    @Covers({"H63", "H61"})
    void anotherImageOfThisClientIsAskedForTheLockAndNotTakenForARemnant() throws Exception {
        try (Image first = written("twice");
                Image second = rbd.open("twice")) {
            write(second);
            assertThat(first.lock().isOwned()).isFalse();
            write(first);
            assertThat(second.lock().isOwned()).isFalse();
        }
    }
}
