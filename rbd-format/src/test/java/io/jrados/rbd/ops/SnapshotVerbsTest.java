package io.jrados.rbd.ops;

import static io.jrados.rbd.ops.Images.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rados.Watch;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@CephTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SnapshotVerbsTest {
    private Images images;
    private Pool dataPool;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        images = new Images(cluster, SnapshotVerbsTest.class);
        dataPool = images.rados.pool(cluster.pool(SnapshotVerbsTest.class, "data"));
    }

    @AfterAll
    void disconnect() {
        images.close();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        for (String name : images.list()) {
            for (JsonNode snapshot : images.json("snap", "ls", images.spec(name))) {
                if (snapshot.get("protected").asBoolean()) {
                    images.rbd(
                            "snap",
                            "unprotect",
                            images.spec(name) + "@" + snapshot.get("name").asText());
                }
            }
            images.rbd("snap", "purge", "--no-progress", images.spec(name));
            images.remove(name);
        }
        images.assertNothingLeft();
        images.assertNothingLeft(dataPool);
    }

    private Errno refusal(Rollback.Step verb) {
        return catchThrowableOfType(RadosException.class, verb::run).errno();
    }

    /** A deletion that failed leaves a state in the head's map that would stay in the snapshot's for ever. */
    @Test
    @Covers({"H46", "H87", "K14"})
    void theObjectMapOfASnapshotIsRightAfterADeletionThatFailed() throws IOException {
        Rbd.on(images.pool).create("image", 4 << 16, ImageOptions.DEFAULT.withOrder(16));
        FaultPoint point = FaultPoint.ofWrites(FaultPoint.Kind.REFUSED);
        try (Image image = Rbd.on(new FaultyPool(images.pool, point)).open("image")) {
            image.write(0, ByteBuffer.wrap(new byte[4 << 16]));
            point.failAfter(2); // behind the update of the map
            assertThat(refusal(() -> image.discard(1 << 16, 1 << 16))).isEqualTo(Errno.EIO);
            assertThat(point.end()).isTrue();
            image.createSnapshot("snapped");
            image.write(2 << 16, ByteBuffer.wrap(new byte[1 << 16]));
        }
        for (String spec : List.of(images.spec("image"), images.spec("image") + "@snapped")) {
            assertThat(images.rbd("object-map", "check", "--no-progress", spec).errors())
                    .as("the object map of " + spec)
                    .doesNotContain("object map error");
            assertThat(images.json("info", spec).get("flags")).isEmpty();
        }
    }

    @Test
    @Covers({"H46", "H49", "H52", "G19", "G20", "G65", "G68", "K5"})
    void areWhatTheNativeToolSees() throws IOException {
        images.create("image", 12 * MIB);
        byte[] before = images.write("image", 4 * MIB - 100, 200, 1);
        images.snapshot("image", "eins ü");
        images.write("image", 4 * MIB - 100, 200, 2);
        images.snapshot("image", "two");
        new ProtectSnapshot(images.open("image"), "two").run();

        JsonNode native2 = images.json("snap", "ls", "--all", images.spec("image"));
        List<SnapshotInfo> ours = images.open("image").state().snapshots().stream()
                .map(io.jrados.rbd.header.SnapshotState::info)
                .toList();
        assertThat(native2).hasSize(2);
        for (int i = 0; i < 2; i++) {
            assertThat(ours.get(i).id()).isEqualTo(native2.get(i).get("id").asLong());
            assertThat(ours.get(i).name()).isEqualTo(native2.get(i).get("name").asText());
            assertThat(ours.get(i).size()).isEqualTo(12 * MIB);
            assertThat(ours.get(i).isProtected())
                    .isEqualTo(native2.get(i).get("protected").asBoolean());
            assertThat(ours.get(i).namespace()).isEqualTo(SnapshotInfo.Namespace.USER);
        }
        byte[] exported = images.export(images.spec("image") + "@eins ü");
        assertThat(Arrays.copyOfRange(exported, (int) (4 * MIB) - 100, (int) (4 * MIB) + 100))
                .isEqualTo(before);
    }

    @Test
    @Covers({"K13", "K17"})
    void idsComeFromTheDataPool() throws IOException {
        new CreateImage(images.pool, "image", 8 * MIB, ImageOptions.LAYERING.withDataPool(dataPool.name())).run();
        images.write("image", 0, 4096, 1);
        for (int i = 0; i < 3; i++) {
            Wait.on(dataPool.removeSnapIdAsync(dataPool.createSnapId()));
        }
        long last = dataPool.createSnapId();

        images.snapshot("image", "snap");

        assertThat(images.open("image").state().snapContext().sequence()).isEqualTo(last + 1);
        images.write("image", 0, 4096, 2);
        assertThat(images.export(images.spec("image") + "@snap")).isNotEqualTo(images.export(images.spec("image")));
    }

    @Test
    @Covers({"H46", "H47", "H52"})
    void refusesAsTheNativeLibraryDoes() throws IOException {
        images.create("image", 4 * MIB);
        images.snapshot("image", "snap");

        assertThat(refusal(() -> images.snapshot("image", "snap"))).isEqualTo(Errno.EEXIST);
        assertThat(refusal(() -> images.snapshot("image", "a@b"))).isEqualTo(Errno.EINVAL);
        assertThat(refusal(() -> new RemoveSnapshot(images.open("image"), "none", Images.OTHERS).run()))
                .isEqualTo(Errno.ENOENT);
        assertThat(refusal(() -> new ProtectSnapshot(images.open("image"), "none").run()))
                .isEqualTo(Errno.ENOENT);
        assertThat(refusal(() -> new UnprotectSnapshot(images.open("image"), "none").run()))
                .isEqualTo(Errno.ENOENT);
        assertThat(refusal(() -> new UnprotectSnapshot(images.open("image"), "snap").run()))
                .isEqualTo(Errno.EINVAL);
        new ProtectSnapshot(images.open("image"), "snap").run();
        assertThat(refusal(() -> new ProtectSnapshot(images.open("image"), "snap").run()))
                .isEqualTo(Errno.EBUSY);
        assertThat(refusal(() -> new RemoveSnapshot(images.open("image"), "snap", Images.OTHERS).run()))
                .isEqualTo(Errno.EBUSY);
        new UnprotectSnapshot(images.open("image"), "snap").run();
        new RemoveSnapshot(images.open("image"), "snap", Images.OTHERS).run();
        assertThat(images.json("snap", "ls", "--all", images.spec("image"))).isEmpty();
    }

    @Test
    @Covers({"H46", "G69", "G74"})
    void theLimitIsKept() throws IOException {
        images.create("image", 4 * MIB);
        images.rbd("snap", "limit", "set", "--limit", "1", images.spec("image"));
        images.snapshot("image", "one");

        assertThat(refusal(() -> images.snapshot("image", "two"))).isEqualTo(Errno.EDQUOT);
        assertThat(images.open("image").state().snapshots()).hasSize(1);
    }

    @Test
    @Covers({"H46", "G69", "E83"})
    void anIdThatCameTooLateIsReplaced() throws IOException {
        images.create("image", 4 * MIB);
        long stale = images.pool.createSnapId();
        images.rbd("snap", "create", "--no-progress", images.spec("image") + "@theirs");

        RadosException late = catchThrowableOfType(
                RadosException.class,
                () -> ClassCalls.write(
                        images.pool,
                        ObjectNames.header(images.id("image")),
                        SnapshotCalls.add("late", stale, io.jrados.rbd.format.SnapshotNamespace.USER)));
        assertThat(late.errno()).isEqualTo(Errno.ESTALE);

        Pool racing = new RacingPool(
                        images.pool,
                        () -> images.rbd("snap", "create", "--no-progress", images.spec("image") + "@between"))
                .pool();
        new CreateSnapshot(Images.open(racing, "image"), "ours").run();
        assertThat(images.open("image").state().snapshots())
                .extracting(io.jrados.rbd.header.SnapshotState::name)
                .containsExactly("theirs", "between", "ours");
    }

    @Test
    @Covers({"K18", "G34"})
    void featuresThatWeDoNotKeepForbidChanges() throws IOException {
        images.rbd(
                "create",
                images.spec("image"),
                "--size",
                "8M",
                "--image-feature",
                "layering,exclusive-lock,journaling");
        RadosException refused = catchThrowableOfType(RadosException.class, () -> images.snapshot("image", "snap"));

        assertThat(refused.errno()).isEqualTo(Errno.EROFS);
        assertThat(refused).hasMessageContaining("'rbd feature disable " + images.spec("image") + " journaling'");
        images.rbd("feature", "disable", images.spec("image"), "journaling", "exclusive-lock");
        images.snapshot("image", "snap");
        assertThat(images.json("snap", "ls", images.spec("image"))).hasSize(1);
    }

    @Test
    @Covers({"H15", "K6", "H60"})
    void resizingKeepsWhatItShould() throws IOException {
        images.create("image", 10 * MIB);
        byte[] data = images.write("image", 0, (int) (10 * MIB), 1);
        images.snapshot("image", "snap");

        new ResizeImage(images.open("image"), 5 * MIB + 100, true, Progress.NONE).run();
        assertThat(images.export(images.spec("image"))).isEqualTo(Arrays.copyOf(data, (int) (5 * MIB) + 100));
        new ResizeImage(images.open("image"), 12 * MIB, true, Progress.NONE).run();

        byte[] expected = Arrays.copyOf(Arrays.copyOf(data, (int) (5 * MIB) + 100), (int) (12 * MIB));
        assertThat(images.export(images.spec("image"))).isEqualTo(expected);
        assertThat(images.export(images.spec("image") + "@snap")).isEqualTo(data);
        assertThat(images.json("info", images.spec("image")).get("size").asLong())
                .isEqualTo(12 * MIB);
        assertThat(refusal(() -> new ResizeImage(images.open("image"), -1, true, Progress.NONE).run()))
                .isEqualTo(Errno.EINVAL);
    }

    @Test
    @Covers({"H15", "K16", "H34"})
    void shrinkingAStripedImageCutsEachObject() throws IOException {
        new CreateImage(
                        images.pool,
                        "image",
                        6 * MIB,
                        ImageOptions.LAYERING.withOrder(20).withStriping(65536, 3))
                .run();
        byte[] data = images.write("image", 0, (int) (6 * MIB), 1);
        assertThat(images.export(images.spec("image"))).isEqualTo(data);

        int size = (int) (3 * MIB) + 5 * 65536 + 1000;
        new ResizeImage(images.open("image"), size, true, Progress.NONE).run();
        images.rbd("resize", "--no-progress", images.spec("image"), "--size", "6M");

        assertThat(images.export(images.spec("image")))
                .isEqualTo(Arrays.copyOf(Arrays.copyOf(data, size), data.length));
    }

    @Test
    @Covers({"K7", "H72", "H69"})
    void everyChangeOfTheHeaderIsTold() throws IOException {
        images.create("image", 4 * MIB);
        ImageContext image = images.open("image");
        List<NotifyMessage> heard = new CopyOnWriteArrayList<>();
        Watch watch = Wait.on(images.pool.watchAsync(image.header(), new Watch.Listener() {
            @Override
            public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                heard.add(Decoder.whole(message, NotifyMessage::decode));
                return new byte[0];
            }

            @Override
            public void onError(RadosException error) {}
        }));
        int told = 0;
        for (Rollback.Step verb : List.<Rollback.Step>of(
                () -> new CreateSnapshot(image, "snap").run(),
                () -> new ProtectSnapshot(image, "snap").run(),
                () -> new UnprotectSnapshot(image, "snap").run(),
                () -> new RemoveSnapshot(image, "snap", Images.OTHERS).run(),
                () -> new ResizeImage(image, 8 * MIB, true, Progress.NONE).run(),
                () -> new ResizeImage(image, 2 * MIB, true, Progress.NONE).run(),
                () -> new ImageMetadata(images.pool, image.id()).set("k", new byte[1]),
                () -> new ImageMetadata(images.pool, image.id()).remove("k"))) {
            verb.run();
            assertThat(heard).hasSize(++told).last().isEqualTo(new NotifyMessage.HeaderUpdate());
        }
        Wait.on(watch.closeAsync());
        assertThat(image.state().size()).isEqualTo(2 * MIB);
        assertThat(image.state().snapContext()).extracting(SnapContext::size).isEqualTo(0);
    }

    @Test
    @Covers({"H105", "G29", "G106", "G108", "G109"})
    void metadataIsTheNativeOne() throws IOException {
        images.create("image", 4 * MIB);
        ImageMetadata metadata = new ImageMetadata(images.pool, images.id("image"));
        for (int i = 0; i < 150; i++) {
            metadata.set("key" + i, ("wert ü" + i).getBytes(StandardCharsets.UTF_8));
        }
        images.rbd("image-meta", "set", images.spec("image"), "theirs", "x");

        JsonNode theirs = images.json("image-meta", "list", images.spec("image"));
        assertThat(metadata.list()).hasSize(151);
        metadata.list().forEach((key, value) -> assertThat(theirs.get(key).asText())
                .isEqualTo(new String(value, StandardCharsets.UTF_8)));
        metadata.remove("theirs");
        assertThat(refusal(() -> metadata.remove("theirs"))).isEqualTo(Errno.ENOENT);
        assertThat(images.json("image-meta", "list", images.spec("image"))).hasSize(150);
    }
}
