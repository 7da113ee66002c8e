package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.NotFoundException;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.stream.CopyOptions;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Copies of images of every kind, into the same pool, another one and a namespace, as the native tool reads them. */
@CephTest
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageCopyTest {
    private static final int ORDER = 16;
    private static final int SIZE = (12 << ORDER) + 4096;
    private static final String NAMESPACE = "inside";

    private TestClient client;
    private String other;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(ImageCopyTest.class), TestClient.Mode.CRC);
        other = cluster.pool(ImageCopyTest.class, "other");
        Rbd.on(client.rados.pool(other)).createNamespace(NAMESPACE);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    /** The image that is copied, and the place of the copy. */
    enum Kind {
        SAME_POOL,
        STRIPED_TO_ANOTHER_POOL,
        CLONE_TO_A_NAMESPACE
    }

    @ParameterizedTest
    @EnumSource
    @Covers("H17")
    void theCopyHasBytesPropertiesAndMetadataOfTheHeadOrASnapshot(Kind kind) throws IOException {
        String name = kind.name().toLowerCase();
        Rbd target =
                switch (kind) {
                    case SAME_POOL -> client.rbd;
                    case STRIPED_TO_ANOTHER_POOL -> Rbd.on(client.rados.pool(other));
                    case CLONE_TO_A_NAMESPACE -> Rbd.on(client.rados.pool(other).inNamespace(NAMESPACE));
                };
        String prefix = target.pool().name() + "/" + (kind == Kind.CLONE_TO_A_NAMESPACE ? NAMESPACE + "/" : "");
        Map<String, byte[]> states = make(kind, name);
        ImageStreams streams = ImageStreams.on(client.rbd);
        streams.copyImage(name, CopyOptions.DEFAULT, target, name + "-head", Progress.NONE);
        CopyOptions changed = CopyOptions.DEFAULT.of("s0").withImage(ImageOptions.LAYERING.withOrder(ORDER + 1));
        streams.copyImage(name, changed, target, name + "-s0", Progress.NONE);
        assertThat(Arrays.equals(client.exported(prefix + name + "-head"), states.get(ImageHistory.HEAD)))
                .isTrue();
        assertThat(Arrays.equals(client.exported(prefix + name + "-s0"), states.get("s0")))
                .isTrue();
        try (Image original = client.rbd.openReadOnly(name);
                Image head = target.openReadOnly(name + "-head");
                Image s0 = target.openReadOnly(name + "-s0")) {
            ImageInfo expected = original.info();
            assertThat(head.info().features()).isEqualTo(expected.features() & ~Features.OPERATIONS);
            assertThat(head.info().order()).isEqualTo(expected.order());
            assertThat(head.info().stripeUnit()).isEqualTo(expected.stripeUnit());
            assertThat(head.info().stripeCount()).isEqualTo(expected.stripeCount());
            assertThat(s0.info().order()).isEqualTo(ORDER + 1);
            for (Image copy : new Image[] {head, s0}) {
                assertThat(copy.snapshots()).isEmpty();
                assertThat(copy.parent()).isEmpty();
                assertThat(copy.metadata()).containsOnlyKeys("owner");
            }
        }
        assertThatThrownBy(() -> streams.copyImage(name, CopyOptions.DEFAULT, target, name + "-head", Progress.NONE))
                .isInstanceOf(AlreadyExistsException.class);
        assertThatThrownBy(() -> streams.copyImage(name, CopyOptions.DEFAULT.of("none"), target, "no", Progress.NONE))
                .isInstanceOf(NotFoundException.class);
    }

    private Map<String, byte[]> make(Kind kind, String name) throws IOException {
        ImageOptions options = ImageOptions.DEFAULT.withOrder(ORDER);
        switch (kind) {
            case SAME_POOL -> client.rbd.create(name, SIZE, options);
            case STRIPED_TO_ANOTHER_POOL -> client.rbd.create(name, SIZE, options.withStriping(16384, 3));
            case CLONE_TO_A_NAMESPACE -> {
                client.rbd.create(name + "-parent", SIZE, options);
                try (Image parent = client.rbd.open(name + "-parent")) {
                    parent.write(1000, ByteBuffer.wrap(TestClient.bytes(1, SIZE / 2)));
                    parent.createSnapshot("s");
                }
                client.rbd.clone(
                        ImageSpec.of(client.pool.name(), name + "-parent").at("s"), name, options.withCloneFormat(2));
            }
        }
        try (Image image = client.rbd.open(name)) {
            image.setMetadata("owner", new byte[] {'x'});
            return new ImageHistory(image, new Random(kind.ordinal())).live(1);
        }
    }

    @Test
    @Covers("H17")
    void othersMayWriteToTheSourceMeanwhile() throws Exception {
        byte[] still = TestClient.bytes(2, SIZE / 2);
        client.rbd.create("busy", SIZE, ImageOptions.DEFAULT.withOrder(ORDER));
        AtomicBoolean copied = new AtomicBoolean();
        try (Image source = client.rbd.open("busy")) {
            source.write(0, ByteBuffer.wrap(still));
            source.write(SIZE / 2, ByteBuffer.allocate(SIZE / 2));
            CompletableFuture<Integer> writes = CompletableFuture.supplyAsync(() -> {
                int count = 0;
                for (; count == 0 || !copied.get(); count++) {
                    try {
                        source.write(SIZE / 2 + count % 100, ByteBuffer.wrap(still, 0, 1000));
                    } catch (IOException failed) {
                        throw new IllegalStateException(failed);
                    }
                }
                return count;
            });
            try {
                ImageStreams.on(client.rbd).copyImage("busy", CopyOptions.DEFAULT, client.rbd, "calm", Progress.NONE);
            } finally {
                copied.set(true);
            }
            assertThat(writes.get(60, TimeUnit.SECONDS)).isPositive();
        }
        byte[] found = client.exported(client.spec("calm"));
        assertThat(found).hasSize(SIZE);
        assertThat(Arrays.equals(found, 0, SIZE / 2, still, 0, SIZE / 2)).isTrue();
    }
}
