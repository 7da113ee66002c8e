package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.NotFoundException;
import io.jrados.rados.Rados;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.stream.CopyOptions;
import io.jrados.rbd.stream.DiffExportOptions;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.testkit.AsRbdUser;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import io.jrados.testkit.Shared;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An image goes from one cluster to another, by users who have nothing but {@code profile rbd} in either: whole, and
 * then by what changed, through a pipe.
 */
@PrivateCephTest
@AsRbdUser
@Timeout(180)
class CopyAcrossClustersTest {
    private static final int SIZE = (12 << 16) + 4096;

    @Test
    @Covers({"H17", "H111", "H113"})
    void aCopyIsFollowedByItsChanges(PrivateCephCluster here, @Shared CephCluster there) throws Exception {
        String name = CopyAcrossClustersTest.class.getSimpleName();
        String far = there.pool(CopyAcrossClustersTest.class);
        try (TestClient client = new TestClient(here, here.pool(CopyAcrossClustersTest.class), TestClient.Mode.CRC);
                Rados remote = Rados.connect(TestConf.of(there))) {
            Rbd target = Rbd.on(remote.pool(far));
            assertThat(remote.fsid()).isNotEqualTo(client.rados.fsid());
            client.rbd.create(name, SIZE, ImageOptions.DEFAULT.withOrder(16).withStriping(16384, 3));
            Map<String, byte[]> states;
            try (Image image = client.rbd.open(name)) {
                image.setMetadata("owner", new byte[] {'x'});
                states = new ImageHistory(image, new Random(5)).live(2);
            }
            ImageStreams streams = ImageStreams.on(client.rbd);
            streams.copyImage(name, CopyOptions.DEFAULT.of("s0"), target, name, Progress.NONE);
            assertThat(Arrays.equals(exported(there, far + "/" + name), states.get("s0")))
                    .isTrue();
            try (Image copy = target.open(name)) {
                assertThat(copy.metadata()).containsOnlyKeys("owner");
                copy.createSnapshot("s0");
            }
            Pipe pipe = Pipe.open();
            CompletableFuture<Void> applied =
                    ImageStreams.on(target).importDiffAsync(name, pipe.source(), Progress.NONE);
            streams.exportDiff(name, DiffExportOptions.DEFAULT.since("s0").until("s1"), pipe.sink(), Progress.NONE);
            pipe.sink().close();
            applied.get(60, TimeUnit.SECONDS);
            assertThat(Arrays.equals(exported(there, far + "/" + name + "@s1"), states.get("s1")))
                    .isTrue();
            try (Image copy = target.openReadOnly(name)) {
                assertThat(copy.snapshots()).extracting(SnapshotInfo::name).containsExactly("s0", "s1");
            }
            assertThatThrownBy(() -> streams.copyImage("none", CopyOptions.DEFAULT, target, "no", Progress.NONE))
                    .isInstanceOf(NotFoundException.class);
            assertThat(target.list()).containsExactly(name);
            remove(target, name);
            assertThat(target.list()).isEmpty();
        }
    }

    private static byte[] exported(CephCluster cluster, String spec) throws IOException {
        return cluster.exec("rbd", "export", "--no-progress", spec, "-")
                .succeeded()
                .output();
    }

    /** Leaves nothing on the cluster that other tests use. */
    private static void remove(Rbd rbd, String name) throws IOException {
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
