package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.model.DoubtfulExtent;
import io.jrados.rbd.model.DoubtfulExtent.Verb;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Writes that a stopped OSD has not answered when their callers stop waiting: they may land, but behind nobody's back.
 */
@PrivateCephTest(osds = 3)
@Timeout(240)
class InDoubtOnClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int BLOCK = 4096;

    private static Rados connect(PrivateCephCluster cluster) throws IOException {
        return Rados.connect(
                TestConf.builder(cluster).set("rados_osd_op_timeout", PATIENCE).build());
    }

    private static String primary(PrivateCephCluster cluster, String pool, String object) throws IOException {
        String map = cluster.run("ceph", "osd", "map", pool, object, "-f", "json");
        return "osd." + map.replaceAll("(?s).*\"acting_primary\": *(\\d+).*", "$1");
    }

    /**
     * An image whose first object lies on another OSD than its header, which stays there for its lock and watch, and
     * than the pool's metadata, which verbs read.
     */
    private static String image(PrivateCephCluster cluster, Rbd rbd, String pool, String name) throws IOException {
        for (int i = 0; ; i++) {
            String id = rbd.create(name + i, 8 << 20, ImageOptions.DEFAULT.withFeatures("layering,exclusive-lock"));
            String data = primary(cluster, pool, ObjectNames.data("rbd_data." + id, 0));
            if (!data.equals(primary(cluster, pool, ObjectNames.header(id)))
                    && !data.equals(primary(cluster, pool, ObjectNames.INFO))) {
                return name + i;
            }
        }
    }

    private static String osdOf(PrivateCephCluster cluster, String pool, Image image) throws IOException {
        return primary(cluster, pool, ObjectNames.data("rbd_data." + image.id(), 0));
    }

    private static ByteBuffer filled(char with) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) with);
        return ByteBuffer.wrap(bytes);
    }

    private static char read(Image image) throws RadosException {
        ByteBuffer into = ByteBuffer.allocate(1);
        image.read(0, into);
        return (char) into.get(0);
    }

    private static OutcomeUnknownException writeLate(Image image, char with) {
        return catchThrowableOfType(OutcomeUnknownException.class, () -> image.write(0, filled(with)));
    }

    /** Another client's acknowledged write must stay, however late the stopped OSD comes to the first one's. */
    private static void handsOverOnlyWhatIsSettled(PrivateCephCluster cluster, String label, boolean cancels)
            throws Exception {
        String pool = cluster.pool(InDoubtOnClusterTest.class, label, 1);
        Rados rados = connect(cluster);
        try (NativeClient other = new NativeClient(cluster, pool)) {
            Rbd rbd = Rbd.on(rados.pool(pool));
            String name = image(cluster, rbd, pool, "late");
            Image image = rbd.open(name);
            image.write(0, filled('0'));
            String osd = osdOf(cluster, pool, image);
            // Opening reads objects that may be the stopped OSD's.
            other.open(name);
            cluster.pause(osd);
            CompletableFuture<String> written;
            try {
                if (cancels) {
                    CompletableFuture<Void> write = image.writeAsync(0, filled('A'));
                    // Asks an OSD that answers, behind the write, which has been sent then.
                    image.metadata();
                    write.cancel(false);
                    assertThat(write.handle((done, failed) -> failed).get(60, TimeUnit.SECONDS))
                            .isInstanceOf(CancellationException.class);
                } else {
                    assertThat(writeLate(image, 'A').sent()).isEqualTo(DeadlineException.Sent.OUTCOME_UNKNOWN);
                }
                assertThat(image.inDoubt()).isNotEmpty().allSatisfy(extent -> {
                    assertThat(extent.verb()).isEqualTo(Verb.WRITE);
                    assertThat(extent.offset()).isZero();
                    assertThat(extent.length()).isEqualTo(BLOCK);
                });
                written = other.begin(NativeClient.writing(0, 'B', BLOCK));
                RadosException refused = catchThrowableOfType(RadosException.class, image::close);
                assertThat(refused).hasMessageContaining("in doubt").hasMessageContaining("write of 4096 at 0");
                assertThat(written).as("the lock is not given away").isNotDone();
            } finally {
                cluster.resume(osd);
            }
            NativeClient.value("write", written);
            assertThat(other.read(0, BLOCK)).isEqualTo('B');
            rados.close();
            assertThat(other.read(0, BLOCK)).as("nothing comes behind it").isEqualTo('B');
        } finally {
            rados.close();
        }
    }

    @Test
    @Covers({"H25", "K8", "K19"})
    void aLateWriteIsNotOverWhenTheLockIsHandedOver(PrivateCephCluster cluster) throws Exception {
        handsOverOnlyWhatIsSettled(cluster, "late", false);
    }

    @Test
    @Covers({"K8", "K19"})
    void aCancelledWriteIsNotOverWhenTheLockIsHandedOver(PrivateCephCluster cluster) throws Exception {
        handsOverOnlyWhatIsSettled(cluster, "cancelled", true);
    }

    @Test
    @Covers("K19")
    void aSnapshotHasAWriteInDoubtOrWaitsForIt(PrivateCephCluster cluster) throws Exception {
        String pool = cluster.pool(getClass(), "snapshot", 1);
        try (Rados rados = connect(cluster)) {
            Rbd rbd = Rbd.on(rados.pool(pool));
            String name = image(cluster, rbd, pool, "snapped");
            try (Image image = rbd.open(name)) {
                image.write(0, filled('0'));
                String osd = osdOf(cluster, pool, image);
                cluster.pause(osd);
                OutcomeUnknownException late;
                try {
                    late = writeLate(image, 'A');
                    assertThat(catchThrowableOfType(RadosException.class, () -> image.createSnapshot("early")))
                            .hasMessageContaining("in doubt")
                            .hasMessageContaining("write of 4096 at 0")
                            .extracting(RadosException::errno)
                            .isEqualTo(Errno.ETIMEDOUT);
                    assertThat(catchThrowableOfType(RadosException.class, image::flush))
                            .hasMessageContaining("write of 4096 at 0");
                } finally {
                    cluster.resume(osd);
                }
                late.receipt().finish();
                assertThat(image.inDoubt()).isEmpty();
                image.createSnapshot("after");
                image.write(0, filled('Z'));
                assertThat(cluster.exec("rbd", "export", "--no-progress", pool + "/" + name + "@after", "-")
                                .succeeded()
                                .output()[0])
                        .isEqualTo((byte) 'A');
                assertThat(image.snapshots())
                        .extracting(snapshot -> snapshot.name())
                        .containsExactly("after");
            }
        }
    }

    private static OutcomeUnknownException appendLate(Pool pool, String object) {
        return catchThrowableOfType(
                OutcomeUnknownException.class, () -> pool.operate(object, new WriteOperation().append(filled('A'))));
    }

    @Test
    @Covers("K19")
    void aFinishedWriteLandsOnceOnAPausedPrimary(PrivateCephCluster cluster) throws Exception {
        String pool = cluster.pool(getClass(), "paused", 1);
        try (Rados rados = connect(cluster)) {
            Pool view = rados.pool(pool);
            String osd = primary(cluster, pool, "appended");
            view.writeFull("appended", filled('0'));
            cluster.pause(osd);
            OutcomeUnknownException late = appendLate(view, "appended");
            CompletableFuture<Void> finished = late.receipt().finishAsync();
            assertThat(finished).isNotDone();
            cluster.resume(osd);
            finished.get(60, TimeUnit.SECONDS);
            assertThat(view.stat("appended").size()).isEqualTo(2 * BLOCK);
        }
    }

    @Test
    @Covers("K19")
    void aFinishedWriteLandsOnceOnAMovedPrimary(PrivateCephCluster cluster) throws Exception {
        String pool = cluster.pool(getClass(), "moved", 2);
        try (Rados rados = connect(cluster)) {
            Pool view = rados.pool(pool);
            view.writeFull("appended", filled('0'));
            String osd = primary(cluster, pool, "appended");
            cluster.pause(osd);
            OutcomeUnknownException late = appendLate(view, "appended");
            cluster.run("ceph", "osd", "down", osd);
            late.receipt().finishAsync().get(120, TimeUnit.SECONDS);
            assertThat(primary(cluster, pool, "appended")).isNotEqualTo(osd);
            cluster.resume(osd);
            cluster.awaitHealthy();
            assertThat(view.stat("appended").size()).isEqualTo(2 * BLOCK);
        }
    }

    /** A write abandoned under a primary that is away does not come with it when it is back. */
    @Test
    @Covers("K19")
    void nothingLandsOnceAWriteIsAbandoned(PrivateCephCluster cluster) throws Exception {
        String pool = cluster.pool(getClass(), "abandoned", 2);
        try (Rados rados = connect(cluster)) {
            Pool view = rados.pool(pool);
            view.writeFull("given-up", filled('0'));
            String osd = primary(cluster, pool, "given-up");
            cluster.pause(osd);
            OutcomeUnknownException late = appendLate(view, "given-up");
            CompletableFuture<Void> abandoned = late.receipt().abandonAsync();
            cluster.run("ceph", "osd", "down", osd);
            abandoned.get(60, TimeUnit.SECONDS);
            long size = view.stat("given-up").size();
            cluster.resume(osd);
            cluster.awaitHealthy();
            assertThat(view.stat("given-up").size()).isEqualTo(size);
            view.operate("given-up", new WriteOperation().append(filled('B')));
            assertThat(view.stat("given-up").size()).isEqualTo(size + BLOCK);
        }
    }

    @Test
    @Covers("K19")
    void whatAPausedOsdHasOfAnAbandonedWriteIsDoneBeforeThatEnds(PrivateCephCluster cluster) throws Exception {
        String pool = cluster.pool(getClass(), "waits", 1);
        try (Rados rados = connect(cluster)) {
            Pool view = rados.pool(pool);
            String osd = primary(cluster, pool, "given-up");
            view.writeFull("given-up", filled('0'));
            cluster.pause(osd);
            CompletableFuture<Void> abandoned;
            try {
                abandoned = appendLate(view, "given-up").receipt().abandonAsync();
                assertThat(abandoned).isNotDone();
            } finally {
                cluster.resume(osd);
            }
            abandoned.get(60, TimeUnit.SECONDS);
            long size = view.stat("given-up").size();
            view.operate("given-up", new WriteOperation().append(filled('B')));
            assertThat(view.stat("given-up").size()).isEqualTo(size + BLOCK);
        }
    }

    @Test
    void inDoubtNamesWhatEachVerbMayReach(PrivateCephCluster cluster) throws Exception {
        String pool = cluster.pool(getClass(), "listed", 1);
        try (Rados rados = connect(cluster)) {
            Rbd rbd = Rbd.on(rados.pool(pool));
            try (Image image = rbd.open(image(cluster, rbd, pool, "listed"))) {
                image.write(0, filled('0'));
                String osd = osdOf(cluster, pool, image);
                cluster.pause(osd);
                try {
                    CompletableFuture<?> all = CompletableFuture.allOf(
                            image.discardAsync(1 << 20, 1 << 16),
                            image.writeSameAsync(2 << 20, BLOCK, filled('S')),
                            image.compareAndWriteAsync(3 << 20, filled('\0'), filled('C')),
                            image.writeAsync(8192, filled('W')));
                    assertThat(all.handle((done, failed) -> failed).get(60, TimeUnit.SECONDS))
                            .hasRootCauseInstanceOf(OutcomeUnknownException.class);
                    assertThat(image.inDoubt())
                            .extracting(DoubtfulExtent::verb, DoubtfulExtent::offset, DoubtfulExtent::length)
                            .containsExactly(
                                    tuple(Verb.WRITE, 8192L, (long) BLOCK),
                                    tuple(Verb.ZERO, 1L << 20, 1L << 16),
                                    tuple(Verb.WRITE_SAME, 2L << 20, (long) BLOCK),
                                    tuple(Verb.COMPARE_AND_WRITE, 3L << 20, (long) BLOCK));
                } finally {
                    cluster.resume(osd);
                }
                image.flush();
                assertThat(image.inDoubt()).isEmpty();
            }
        }
    }
}
