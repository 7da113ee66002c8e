package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Views of an image, asynchronous verbs and their cancellation, and what many open images cost. */
@CephTest
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageViewsTest {
    private static final int MIB = 1 << 20;
    private static final int MANY = 1000;

    private TestClient client;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(ImageViewsTest.class), TestClient.Mode.CRC);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    @Test
    @Covers({"H24", "H25", "H35"})
    void aChannelIsAFileOfTheImagesSize() throws IOException {
        client.rbd.create("file", 5 * MIB + 3, ImageOptions.LAYERING);
        byte[] content = TestClient.bytes(1, 5 * MIB + 3);
        try (Image image = client.rbd.open("file")) {
            SeekableByteChannel kept;
            try (SeekableByteChannel channel = image.channel()) {
                kept = channel;
                ByteBuffer all = ByteBuffer.wrap(content);
                while (all.hasRemaining()) {
                    channel.write(all);
                }
                assertThat(channel.position()).isEqualTo(content.length);
                ByteBuffer more = ByteBuffer.allocate(1);
                assertThat(catchThrowableOfType(RadosException.class, () -> channel.write(more))
                                .errno())
                        .isEqualTo(Errno.ENOSPC);
                assertThat(channel.read(more)).isEqualTo(-1);
                channel.position(content.length - 2);
                ByteBuffer tail = ByteBuffer.allocate(10);
                assertThat(channel.read(tail)).isEqualTo(2);
                assertThat(Arrays.copyOf(tail.array(), 2))
                        .isEqualTo(Arrays.copyOfRange(content, content.length - 2, content.length));
                channel.truncate(2 * MIB);
                assertThat(channel.size()).isEqualTo(2 * MIB);
                assertThat(channel.position()).isEqualTo(2 * MIB);
                channel.truncate(9 * MIB);
                assertThat(channel.size()).isEqualTo(2 * MIB);
            }
            assertThat(kept.isOpen()).isFalse();
            assertThatThrownBy(kept::size).isInstanceOf(ClosedChannelException.class);
            assertThat(TestClient.read(image)).isEqualTo(Arrays.copyOf(content, 2 * MIB));
        }
        assertThat(client.exported(client.spec("file"))).isEqualTo(Arrays.copyOf(content, 2 * MIB));
        try (Image image = client.rbd.openReadOnly("file");
                SeekableByteChannel channel = image.channel()) {
            assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
                    .isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> channel.truncate(1)).isInstanceOf(NonWritableChannelException.class);
        }
    }

    @Test
    @Covers({"H24", "H25", "H32"})
    void streamsReadAndWriteFromAPlaceOn() throws IOException {
        client.rbd.create("streamed", 6 * MIB, ImageOptions.LAYERING);
        byte[] content = TestClient.bytes(2, 3 * MIB + 77);
        try (Image image = client.rbd.open("streamed")) {
            try (OutputStream out = image.outputStream(12_345)) {
                out.write(content[0]);
                out.write(content, 1, 100_000);
                out.flush();
                assertThat(TestClient.read(image, 12_345, 100_001)).isEqualTo(Arrays.copyOf(content, 100_001));
                out.write(content, 100_001, content.length - 100_001);
            }
            byte[] expected = new byte[6 * MIB];
            System.arraycopy(content, 0, expected, 12_345, content.length);
            assertThat(client.exported(client.spec("streamed"))).isEqualTo(expected);
            try (InputStream in = image.inputStream(12_345)) {
                assertThat(in.read()).isEqualTo(content[0] & 0xff);
                assertThat(in.skip(1000)).isEqualTo(1000);
                assertThat(in.available()).isEqualTo(6 * MIB - 12_345 - 1001);
                assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(expected, 12_345 + 1001, expected.length));
                assertThat(in.read()).isEqualTo(-1);
            }
            try (OutputStream out = image.outputStream(6 * MIB - 10)) {
                assertThat(catchThrowableOfType(RadosException.class, () -> out.write(new byte[11]))
                                .errno())
                        .isEqualTo(Errno.ENOSPC);
                out.write(new byte[10]);
            }
        }
    }

    @Test
    @Covers({"H22", "H16", "H116"})
    void aLongVerbIsCancelledAndGoesOnLater() throws Exception {
        byte[] content = TestClient.bytes(3, 10 * MIB);
        client.imported(content, client.spec("long"), "--image-feature", "layering", "--object-size", "256K");
        client.rbd("snap", "create", "--no-progress", client.spec("long") + "@s");
        client.rbd.clone(client.snapshot("long", "s"), "cancelled", ImageOptions.LAYERING.withCloneFormat(2));
        try (Image image = client.rbd.open("cancelled")) {
            CountDownLatch told = new CountDownLatch(1);
            CountDownLatch never = new CountDownLatch(1);
            AtomicLong last = new AtomicLong();
            CompletableFuture<Void> flattening = image.flattenAsync((done, total) -> {
                last.set(done);
                told.countDown();
                try {
                    never.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
            flattening.cancel(false);
            // what comes behind the cancelled verb on the same image
            assertThat(Wait.on(image.parentAsync())).isPresent();
            assertThat(last.get()).isLessThan(40);
            assertThat(TestClient.read(image)).isEqualTo(content);

            Wait.on(image.flattenAsync(Progress.NONE));
            assertThat(image.parent()).isEmpty();
            assertThat(client.exported(client.spec("cancelled"))).isEqualTo(content);
            assertThat(catchThrowableOfType(RadosException.class, () -> Wait.on(image.flattenAsync(Progress.NONE)))
                            .errno())
                    .isEqualTo(Errno.EINVAL);
        }
    }

    @Test
    @Covers({"H14", "H15"})
    void everyLongVerbCanBeCancelledByItsProgress() throws IOException {
        Progress never = new Progress() {
            @Override
            public void report(long done, long total) {}

            @Override
            public boolean isCancelled() {
                return true;
            }
        };
        client.rbd.create("stubborn", 8 * MIB, ImageOptions.LAYERING);
        byte[] content = TestClient.bytes(4, 8 * MIB);
        try (Image image = client.rbd.open("stubborn")) {
            image.write(0, ByteBuffer.wrap(content));
            image.createSnapshot("s");
            assertThat(cancelled(() -> image.resize(MIB, never))).isEqualTo(Errno.ECANCELED);
            assertThat(cancelled(() -> image.rollBack("s", never))).isEqualTo(Errno.ECANCELED);
            assertThat(TestClient.read(image)).isEqualTo(content);
            image.removeSnapshot("s");
        }
        assertThat(cancelled(() -> client.rbd.remove("stubborn", never))).isEqualTo(Errno.ECANCELED);
        client.rbd.remove("stubborn", Progress.NONE);
        assertThat(client.rbd.exists("stubborn")).isFalse();
    }

    /** A call that is expected to fail. */
    private interface Call {
        void run() throws IOException;
    }

    private static Errno cancelled(Call call) {
        return catchThrowableOfType(RadosException.class, call::run).errno();
    }

    @Test
    @Covers({"H08", "H45"})
    void closingReleasesAllAfterErrorsToo() throws IOException {
        client.rbd.create("released", MIB, ImageOptions.DEFAULT);
        Image image = client.rbd.open("released");
        CompletableFuture<Void> refused = image.writeAsync(MIB, ByteBuffer.allocate(10));
        client.pool.remove("rbd_header." + image.id());
        assertThat(catchThrowableOfType(RadosException.class, image::refresh).errno())
                .isEqualTo(Errno.ENOENT);
        try {
            image.close();
        } catch (RadosException expected) {
            assertThat(expected.errno()).isIn(Errno.ENOENT, Errno.ENOTCONN);
        }
        assertThat(refused).isCompletedExceptionally();
        assertThat(catchThrowableOfType(RadosException.class, () -> image.read(0, ByteBuffer.allocate(1)))
                        .errno())
                .isIn(Errno.EBADF, Errno.ENOENT);
        client.rbd.remove("released", Progress.NONE);
    }

    @Test
    @Covers("H06")
    void aThousandImagesCostNoThreadAndLittleHeap() throws IOException {
        for (int i = 0; i < 10; i++) {
            client.rbd.create("many" + i, MIB, ImageOptions.LAYERING);
        }
        List<Image> open = new ArrayList<>(MANY);
        open.add(client.rbd.open("many0"));
        int threads = Thread.activeCount();
        long before = usedHeap();
        for (int i = 1; i < MANY; i++) {
            open.add(client.rbd.open("many" + i % 10));
        }
        long each = (usedHeap() - before) / MANY;
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 1);
        assertThat(each).as("bytes of heap for each").isLessThan(100 << 10);
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        for (Image image : open) {
            closing.add(image.closeAsync());
        }
        for (CompletableFuture<Void> closed : closing) {
            Wait.on(closed);
        }
        assertThat(client.rbd("status", client.spec("many0")).text()).contains("Watchers: none");
    }

    /** After the collector has had its way. */
    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            ManagementFactory.getMemoryMXBean().gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
