package io.jrados.rbd.ops;

import static io.jrados.rbd.ops.Images.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.image.ImageContext;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * A removal that ended between two of its steps: the cluster has forgotten the snapshot's id, and the header still has
 * the snapshot. The next write would keep the old bytes for an id that is never trimmed again: objects without an
 * image, for good. Monitors forget ids only with a manager, so the cluster has one.
 */
@PrivateCephTest(
        osds = 2,
        mgrs = 1,
        conf = {"mgr stats period = 1", "mon tick interval = 1"})
class PurgedSnapshotTest {
    private static final Duration PURGED_WITHIN = Duration.ofSeconds(60);

    @Test
    @Covers("H47")
    void aSnapshotWhoseIdIsGoneAlreadyIsNotPreservedByLaterWrites(PrivateCephCluster cluster) throws Exception {
        try (Images images = new Images(cluster, PurgedSnapshotTest.class)) {
            images.create("image", 8 * MIB);
            images.write("image", 0, (int) (8 * MIB), 1);
            images.snapshot("image", "snap");
            ImageContext image = images.open("image");
            long id = image.state().snapshot("snap").orElseThrow().id();
            ClassCalls.write(images.pool, image.header(), SnapshotCalls.trashAdd(id));
            images.pool.removeSnapId(id); // and here the one who removes it dies
            awaitPurged(cluster);

            images.write("image", 0, (int) (8 * MIB), 2);
            assertThat(images.open("image").state().snapshots()).hasSize(1);
            new RemoveSnapshot(images.open("image"), id, Images.OTHERS).run();
            images.rbd("rm", "--no-progress", images.spec("image"));
            images.assertNothingLeft();
        }
    }

    private static void awaitPurged(PrivateCephCluster cluster) throws IOException {
        long deadline = System.nanoTime() + PURGED_WITHIN.toNanos();
        String pools;
        do {
            pools = cluster.exec("ceph", "osd", "pool", "ls", "detail").text();
            assertThat(System.nanoTime()).as(pools).isLessThan(deadline);
        } while (pools.contains("removed_snaps_queue"));
    }
}
