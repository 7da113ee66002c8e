package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.Errno;
import io.jrados.error.MismatchException;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * The commands of block devices beside reading and writing, as Ceph's own tool sees it after. Objects are of 64 KiB.
 */
@CephTest
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BlockCommandsTest {
    private static final int OBJECT = 1 << 16;
    private static final ImageOptions MAPPED = ImageOptions.DEFAULT.withOrder(16);

    private TestClient client;

    @BeforeAll
    void connects(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(getClass()), TestClient.Mode.CRC);
    }

    @AfterAll
    void closes() {
        client.close();
    }

    private Image create(String name, int size, ImageOptions options) throws IOException {
        client.rbd.create(name, size, options);
        return client.rbd.open(name);
    }

    private long objectsOf(Image image) throws IOException {
        long objects = 0;
        for (String object : client.pool.objects()) {
            objects += object.startsWith(image.info().dataPrefix() + ".") ? 1 : 0;
        }
        return objects;
    }

    private void assertNativeSees(String name, byte[] expected) throws IOException {
        assertThat(client.exported(client.spec(name))).isEqualTo(expected);
        client.rbd("object-map", "check", "--no-progress", client.spec(name));
        assertThat(client.rbd("info", client.spec(name)).text()).doesNotContain("invalid");
    }

    @Test
    @Covers("H29")
    void writtenZeroesAreExactAndTakeSpaceOnlyIfTheyAreThick() throws IOException {
        byte[] expected = TestClient.bytes(1, 6 * OBJECT);
        try (Image image = create("zeroes", 6 * OBJECT, MAPPED)) {
            image.write(0, ByteBuffer.wrap(expected));
            image.writeZeroes(OBJECT - 7, 2 * OBJECT + 12, false);
            Arrays.fill(expected, OBJECT - 7, 3 * OBJECT + 5, (byte) 0);
            assertThat(objectsOf(image)).isEqualTo(4);
            image.writeZeroes(OBJECT + 1, OBJECT - 1, true);
            image.writeZeroes(4 * OBJECT + 9, 5000, true);
            Arrays.fill(expected, 4 * OBJECT + 9, 4 * OBJECT + 5009, (byte) 0);
            assertThat(objectsOf(image)).isEqualTo(5);
            assertThat(TestClient.read(image)).isEqualTo(expected);
        }
        assertNativeSees("zeroes", expected);
    }

    @Test
    @Covers({"H30", "H34"})
    void aPatternGoesOnAcrossStripes() throws IOException {
        byte[] expected = new byte[9 * OBJECT];
        byte[] pattern = TestClient.bytes(2, 1536);
        try (Image image = create("same", expected.length, MAPPED.withStriping(4096, 3))) {
            image.writeSame(100, 300 * 1536, ByteBuffer.wrap(pattern));
            for (int i = 0; i < 300 * 1536; i++) {
                expected[100 + i] = pattern[i % 1536];
            }
            assertThat(TestClient.read(image)).isEqualTo(expected);
            RadosException refused = catchThrowableOfType(
                    RadosException.class, () -> image.writeSame(0, 1537, ByteBuffer.wrap(pattern)));
            assertThat(refused.errno()).isEqualTo(Errno.EINVAL);
        }
        assertNativeSees("same", expected);
    }

    @Test
    @Covers({"H31", "K4"})
    void comparingSeesWhatTheParentHas() throws IOException {
        byte[] content = TestClient.bytes(3, 4 * OBJECT);
        client.imported(content, client.spec("compared parent"), "--object-size", "64K");
        client.rbd("snap", "create", "--no-progress", client.spec("compared parent") + "@s");
        client.rbd.clone(client.snapshot("compared parent", "s"), "compared", ImageOptions.DEFAULT.withCloneFormat(2));
        byte[] expected = content.clone();
        try (Image image = client.rbd.open("compared")) {
            image.createSnapshot("before");
            byte[] data = TestClient.bytes(4, 512);
            byte[] wrong = Arrays.copyOfRange(content, OBJECT + 1024, OBJECT + 1536);
            wrong[77] ^= 1;
            MismatchException differs = catchThrowableOfType(
                    MismatchException.class,
                    () -> image.compareAndWrite(OBJECT + 1024, ByteBuffer.wrap(wrong), ByteBuffer.wrap(data)));
            assertThat(differs.errno()).isEqualTo(Errno.EILSEQ);
            assertThat(differs.offset()).isEqualTo(77);
            assertThat(TestClient.read(image)).isEqualTo(expected);
            image.compareAndWrite(OBJECT + 1024, ByteBuffer.wrap(content, OBJECT + 1024, 512), ByteBuffer.wrap(data));
            System.arraycopy(data, 0, expected, OBJECT + 1024, 512);
            RadosException across = catchThrowableOfType(
                    RadosException.class,
                    () -> image.compareAndWrite(OBJECT - 1, ByteBuffer.allocate(2), ByteBuffer.allocate(2)));
            assertThat(across.errno()).isEqualTo(Errno.EINVAL);
            assertThat(TestClient.read(image)).isEqualTo(expected);
        }
        assertNativeSees("compared", expected);
        assertThat(client.exported(client.spec("compared") + "@before")).isEqualTo(content);
        client.rbd("object-map", "check", "--no-progress", client.spec("compared") + "@before");
    }

    @Test
    @Covers({"H31", "K14"})
    void whatDiffersIsNotCalledChangedByTheMap() throws IOException {
        byte[] content = TestClient.bytes(5, OBJECT);
        try (Image image = create("clean", 2 * OBJECT, MAPPED)) {
            image.write(0, ByteBuffer.wrap(content));
            image.createSnapshot("before");
            MismatchException differs = catchThrowableOfType(
                    MismatchException.class,
                    () -> image.compareAndWrite(512, ByteBuffer.allocate(512), ByteBuffer.allocate(512)));
            assertThat(differs.offset()).isEqualTo(0);
        }
        client.rbd("object-map", "check", "--no-progress", client.spec("clean"));
        assertThat(client.rbd("info", client.spec("clean")).text()).doesNotContain("invalid");
        try (Image image = client.rbd.open("clean")) {
            image.compareAndWrite(512, ByteBuffer.wrap(content, 512, 512), ByteBuffer.allocate(512));
        }
        client.rbd("object-map", "check", "--no-progress", client.spec("clean"));
        assertThat(client.rbd("info", client.spec("clean")).text()).doesNotContain("invalid");
        assertThat(client.exported(client.spec("clean") + "@before")).startsWith(content);
    }

    @Test
    @Covers("H31")
    void ofManyWhoCompareOneWrites() throws IOException {
        try (Image image = create("race", OBJECT, MAPPED)) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 1; i <= 20; i++) {
                byte[] mine = new byte[512];
                Arrays.fill(mine, (byte) i);
                all.add(image.compareAndWriteAsync(4096, ByteBuffer.allocate(512), ByteBuffer.wrap(mine)));
            }
            int won = 0;
            for (int i = 0; i < all.size(); i++) {
                CompletableFuture<Void> one = all.get(i);
                won += catchThrowableOfType(MismatchException.class, () -> Wait.on(one)) == null ? 1 : 0;
            }
            assertThat(won).isEqualTo(1);
        }
    }

    @Test
    @Covers("H35")
    void manyBuffersAreOneRequest() throws IOException {
        byte[] expected = new byte[4 * OBJECT];
        try (Image image = create("scattered", expected.length, MAPPED.withStriping(8192, 2))) {
            List<ByteBuffer> buffers = new ArrayList<>();
            byte[] data = TestClient.bytes(5, 3 * OBJECT);
            for (int at = 0; at < data.length; at += 7777) {
                buffers.add(ByteBuffer.wrap(data, at, Math.min(7777, data.length - at)));
            }
            image.write(333, buffers);
            System.arraycopy(data, 0, expected, 333, data.length);
            ByteBuffer first = ByteBuffer.allocateDirect(1000);
            ByteBuffer second = ByteBuffer.allocate(expected.length - 1000);
            image.read(0, List.of(first, second));
            byte[] read = new byte[expected.length];
            first.get(0, read, 0, 1000);
            second.get(0, read, 1000, second.capacity());
            assertThat(read).isEqualTo(expected);
            List<ByteBuffer> tooMany = Collections.nCopies(1025, ByteBuffer.allocate(1));
            assertThat(catchThrowableOfType(RadosException.class, () -> image.write(0, tooMany))
                            .errno())
                    .isEqualTo(Errno.EINVAL);
        }
        assertNativeSees("scattered", expected);
    }

    @Test
    @Covers({"H41", "G59", "G60"})
    void theHeaderIsToldOfAccessesAndChanges() throws IOException {
        try (Image image = create("timed", OBJECT, MAPPED)) {
            Instant made = image.times().created();
            image.write(0, ByteBuffer.wrap(new byte[] {1}));
            image.read(0, ByteBuffer.allocate(1));
            long deadline = System.nanoTime() + 30_000_000_000L;
            while (!(image.times().modified().isAfter(made)
                            && image.times().accessed().isAfter(made))
                    && System.nanoTime() < deadline) {
                image.refresh();
            }
            assertThat(image.times().modified()).isAfter(made);
            assertThat(image.times().accessed()).isAfter(made);
        }
    }

    @Test
    @Covers({"H38", "H124"})
    void limitsThatTheNativeToolSetsAreKept() throws IOException {
        try (Image image = create("limited", OBJECT, MAPPED)) {
            image.write(0, ByteBuffer.allocate(1));
            client.rbd("config", "image", "set", client.spec("limited"), "rbd_qos_write_iops_limit", "8");
            image.refresh();
            long start = System.nanoTime();
            List<CompletableFuture<Void>> writes = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                writes.add(image.writeAsync(i, ByteBuffer.wrap(new byte[] {1})));
            }
            for (CompletableFuture<Void> write : writes) {
                Wait.on(write);
            }
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds for 20 writes")
                    .isGreaterThan(1_400_000_000L);
        }
    }
}
