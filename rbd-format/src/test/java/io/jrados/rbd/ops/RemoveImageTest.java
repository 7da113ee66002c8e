package io.jrados.rbd.ops;

import static io.jrados.rbd.ops.Images.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rados.Watch;
import io.jrados.rbd.TestConf;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.TrashImageSpec.Source;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@CephTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RemoveImageTest {
    private Images images;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        images = new Images(cluster, RemoveImageTest.class);
    }

    @AfterAll
    void disconnect() {
        images.close();
    }

    @BeforeEach
    void nothingIsLeft() throws RadosException {
        images.assertNothingLeft();
    }

    private Errno refusal(String name) {
        return catchThrowableOfType(RadosException.class, () -> images.remove(name))
                .errno();
    }

    @Test
    @Covers("H14")
    void leavesNothingAndTellsItsProgress() throws IOException {
        images.create("image", 50 * MIB);
        images.write("image", 0, (int) (9 * MIB), 1);
        List<Long> progress = new ArrayList<>();

        new RemoveImage(images.pool, "image", (done, total) -> progress.add(done * 100 / total), Images.OTHERS).run();

        images.assertNothingLeft();
        assertThat(progress).isSorted().endsWith(100L).hasSize(13);
        assertThat(refusal("image")).isEqualTo(Errno.ENOENT);
    }

    @Test
    @Covers({"H14", "G07"})
    void removesWhatTheNativeToolMade() throws IOException {
        images.rbd("create", images.spec("image"), "--size", "20M");
        images.rbd("bench", "--io-type", "write", "--io-total", "8M", images.spec("image"));

        images.remove("image");

        images.assertNothingLeft();
    }

    @Test
    @Covers("H14")
    void snapshotsComeBeforeWatchersBeforeGroups() throws IOException {
        images.create("image", 20 * MIB);
        byte[] data = images.write("image", 0, 4096, 1);
        images.snapshot("image", "snap");
        Watch watch = watch("image");
        images.rbd("group", "create", images.pool.name() + "/group");
        images.rbd("group", "image", "add", images.pool.name() + "/group", images.spec("image"));

        assertThat(refusal("image")).isEqualTo(Errno.ENOTEMPTY);
        new RemoveSnapshot(images.open("image"), "snap", Images.OTHERS).run();
        RadosException busy = catchThrowableOfType(RadosException.class, () -> images.remove("image"));
        assertThat(busy).isInstanceOf(BusyException.class).hasMessageContaining("client." + images.rados.instanceId());
        Wait.on(watch.closeAsync());
        assertThat(refusal("image")).isEqualTo(Errno.EMLINK);
        assertThat(catchThrowableOfType(
                                RadosException.class, () -> new MoveToTrash(images.pool, "image", Duration.ZERO).run())
                        .errno())
                .isEqualTo(Errno.EMLINK);

        assertThat(images.list()).containsExactly("image");
        assertThat(images.export(images.spec("image"))).startsWith(data);
        images.rbd("group", "image", "rm", images.pool.name() + "/group", images.spec("image"));
        images.rbd("group", "rm", images.pool.name() + "/group");
        images.remove("image");
        images.assertNothingLeft();
    }

    private Watch watch(String name) throws RadosException {
        return Wait.on(images.pool.watchAsync(ObjectNames.header(images.id(name)), new Watch.Listener() {
            @Override
            public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                return new byte[0];
            }

            @Override
            public void onError(RadosException error) {}
        }));
    }

    @Test
    @Covers("H14")
    void anInterruptedNativeRemovalIsFinished() throws IOException {
        images.create("image", 8 * MIB);
        String id = images.id("image");
        new Trash(images.pool).move(Source.REMOVING, "image", id, Duration.ZERO);
        assertThat(images.rbd("ls", images.pool.name()).text()).isEqualTo("image");
        assertThat(images.list()).containsExactly("image");

        images.remove("image");

        images.assertNothingLeft();
    }

    @Test
    @Covers("H103")
    void aRemovalThatMustNotBeIsTakenBack() throws IOException {
        images.create("image", 8 * MIB);
        String id = images.id("image");
        Trash trash = new Trash(images.pool);
        trash.move(Source.REMOVING, "image", id, Duration.ZERO);
        new CreateSnapshot(Wait.on(ImageContext.openAsync(images.pool, id, "image", SnapContext.HEAD, false)), "late")
                .run();

        assertThat(refusal("image")).isEqualTo(Errno.ENOTEMPTY);

        assertThat(images.id("image")).isEqualTo(id);
        assertThat(trash.find(id)).isEmpty();
        images.rbd("snap", "purge", "--no-progress", images.spec("image"));
        images.remove("image");
        images.assertNothingLeft();
    }

    @Test
    @Covers({"H103", "G08", "G213"})
    void theTrashIsTheNativeOne() throws IOException {
        images.create("image", 8 * MIB);
        byte[] data = images.write("image", 0, 4096, 1);
        String id = images.id("image");

        new MoveToTrash(images.pool, "image", Duration.ofHours(1)).run();

        assertThat(images.list()).isEmpty();
        assertThat(images.json("trash", "ls", "--long", images.pool.name())
                        .get(0)
                        .get("name")
                        .asText())
                .isEqualTo("image");
        assertThat(images.cluster
                        .exec("rbd", "trash", "rm", "--no-progress", images.pool.name() + "/" + id)
                        .exit())
                .as("before its time")
                .isNotZero();
        images.rbd("trash", "restore", images.pool.name() + "/" + id);
        assertThat(images.export(images.spec("image"))).startsWith(data);
        images.remove("image");
        images.assertNothingLeft();
    }

    @Test
    @Covers("H103")
    void aStubWithoutAHeaderCanBeRemoved() throws IOException {
        images.create("image", 8 * MIB);
        images.pool.remove(ObjectNames.header(images.id("image")));

        // It might be one that is being created: nobody waits for that here.
        try (Rados impatient = Rados.connect(TestConf.builder(images.cluster)
                .set("osd_client_watch_timeout", "0")
                .build())) {
            new RemoveImage(impatient.pool(images.pool.name()), "image", Progress.NONE, Images.OTHERS).run();
        }

        images.assertNothingLeft();
    }

    @Test
    @Covers({"H14", "H103"})
    void imagesThatWeCannotCleanUpAfterAreLeftAlone() throws IOException {
        images.rbd(
                "create",
                images.spec("image"),
                "--size",
                "8M",
                "--image-feature",
                "layering,exclusive-lock,journaling");

        RadosException refused = catchThrowableOfType(RadosException.class, () -> images.remove("image"));

        assertThat(refused.errno()).isEqualTo(Errno.EROFS);
        assertThat(refused).hasMessageContaining("rbd feature disable " + images.spec("image") + " journaling'");
        images.rbd("feature", "disable", images.spec("image"), "journaling");
        images.remove("image");
        images.assertNothingLeft();
    }

    @Test
    @Covers({"H14", "G37"})
    void featuresThatOnlyWritersKeepAreNoObstacle() throws IOException {
        new CreateImage(images.pool, "image", 8 * MIB, ImageOptions.LAYERING.withFeatures(Features.DEFAULT)).run();

        new RemoveImage(images.pool, "image", Progress.NONE, Images.OTHERS).run();

        images.assertNothingLeft();
    }
}
