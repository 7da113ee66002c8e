package io.jrados.rbd.ops;

import static io.jrados.rbd.ops.Images.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.TestConf;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * A snapshot that was removed lives on in the trash namespace for its clone. Who removes the clone prunes it, while the
 * parent is another client's, who owns its lock, writes to it and makes snapshots of it.
 */
@CephTest
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrunedParentTest {
    private Images images;
    private Rados other;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        images = new Images(cluster, PrunedParentTest.class);
        other = Rados.connect(TestConf.of(cluster));
    }

    @AfterAll
    void disconnect() {
        other.close();
        images.close();
    }

    private static ByteBuffer bytes(long seed, long length) {
        byte[] bytes = new byte[(int) length];
        new Random(seed).nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    /** The parent with snapshots "first" and "cloned", of which the second was removed while it has a clone. */
    private void prepare(Image parent, String child) throws IOException {
        parent.write(0, bytes(1, 16 * MIB));
        parent.createSnapshot("first");
        parent.write(4 * MIB, bytes(2, 4 * MIB));
        parent.createSnapshot("cloned");
        new CloneImage(
                        images.pool,
                        ImageSpec.of(images.pool.name(), parent.name()).at("cloned"),
                        child,
                        ImageOptions.DEFAULT.withCloneFormat(2),
                        Images.OTHERS)
                .run();
        parent.removeSnapshot("cloned");
        assertThat(parent.snapshots()).hasSize(2);
    }

    private void checkNatively(String name, String... snapshots) throws IOException {
        for (String spec : snapshots) {
            images.rbd("object-map", "check", "--no-progress", images.spec(name) + spec);
            assertThat(images.json("info", images.spec(name) + spec).get("flags"))
                    .as(name + spec)
                    .isEmpty();
        }
    }

    /**
     * Changes of the pruned snapshot count as changes of its next one from then on: one that is made meanwhile, if
     * there is one.
     */
    @Test
    @Covers({"H47", "H57", "K14", "H78"})
    void itsOwnerPrunesItSoThatNoChangeIsLost() throws IOException {
        Rbd owner = Rbd.on(other.pool(images.pool.name()));
        owner.create("parent", 16 * MIB, ImageOptions.DEFAULT);
        try (Image parent = owner.open("parent")) {
            prepare(parent, "child");
            long pruned = parent.snapshots().get(1).id();
            String map = ObjectNames.objectMap(parent.id(), pruned);
            FaultPoint point = FaultPoint.before(map::equals, () -> parent.createSnapshot("meanwhile"));
            new RemoveImage(new FaultyPool(images.pool, point), "child", Progress.NONE, Images.OTHERS).run();
            assertThat(parent.snapshots()).extracting(SnapshotInfo::id).doesNotContain(pruned);
            assertThat(parent.lock().isOwned()).isTrue();
            parent.write(12 * MIB, bytes(3, 10));
            parent.createSnapshot("last");
        }
        checkNatively("parent", "", "@first", "@last");
        assertThat(images.json("diff", "--whole-object", "--from-snap", "first", images.spec("parent") + "@last"))
                .as("an incremental backup")
                .hasSize(2);
        try (Image parent = owner.open("parent")) {
            for (SnapshotInfo snapshot : parent.snapshots()) {
                parent.removeSnapshot(snapshot.id());
            }
        }
        images.remove("parent");
        images.assertNothingLeft();
    }

    /** And with the last of them the parent itself, if it was kept for its clones only. */
    @Test
    @Covers({"H47", "H57"})
    void aParentInTheTrashGoesWithItsLastClone() throws IOException {
        Rbd rbd = Rbd.on(images.pool);
        String id = rbd.create("kept", 16 * MIB, ImageOptions.DEFAULT);
        try (Image parent = rbd.open("kept")) {
            prepare(parent, "clone");
            parent.removeSnapshot("first");
        }
        images.rbd("rm", "--no-progress", "--rbd-move-parent-to-trash-on-remove=true", images.spec("kept"));
        assertThat(rbd.trashEntry(id).name()).isEqualTo("kept");
        images.remove("clone");
        assertThat(rbd.trash()).isEmpty();
        Wait.on(images.rados.waitForLatestOsdMapAsync());
        images.assertNothingLeft();
    }
}
