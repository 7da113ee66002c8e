package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Reading what is stored, without copies and without holes. */
@CephTest
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoredExtentsTest {
    private static final int OBJECT = 1 << 16;
    private static final int SIZE = 20 * OBJECT + 777;

    private TestClient client;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(StoredExtentsTest.class), TestClient.Mode.CRC);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    static Stream<Arguments> layouts() {
        return Stream.of(
                Arguments.of("as the parent", ImageOptions.DEFAULT.withOrder(16)),
                Arguments.of("other objects", ImageOptions.DEFAULT.withOrder(17).withStriping(1 << 17, 1)),
                Arguments.of("striped", ImageOptions.DEFAULT.withOrder(16).withStriping(4096, 3)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layouts")
    @Covers({"H24", "K6"})
    void areAllOfTheImageThatIsNotZero(String kind, ImageOptions options) throws IOException {
        String parent = "parent of " + kind;
        client.rbd.create(parent, SIZE, ImageOptions.DEFAULT.withOrder(16));
        try (Image image = client.rbd.open(parent)) {
            image.write(100, ByteBuffer.wrap(TestClient.bytes(1, 2 * OBJECT)));
            image.write(10 * OBJECT, ByteBuffer.wrap(TestClient.bytes(2, OBJECT)));
            image.createSnapshot("s");
        }
        client.rbd.clone(client.snapshot(parent, "s"), kind, options.withCloneFormat(2));
        try (Image image = client.rbd.open(kind)) {
            image.write(OBJECT + 5, ByteBuffer.wrap(TestClient.bytes(3, 1000)));
            image.write(15 * OBJECT - 10, ByteBuffer.wrap(TestClient.bytes(4, 20)));
            byte[] content = TestClient.read(image);
            assertThat(content).isEqualTo(client.exported(client.spec(kind)));
            assertThat(stored(image, 0, SIZE)).isEqualTo(content);
            byte[] part = stored(image, OBJECT - 33, 10 * OBJECT);
            assertThat(part).isEqualTo(TestClient.read(image, OBJECT - 33, 10 * OBJECT));
            AtomicLong told = new AtomicLong();
            image.readExtents(4 * OBJECT, 5 * OBJECT, (offset, bytes) -> {
                told.addAndGet(bytes.remaining());
                return CompletableFuture.completedFuture(null);
            });
            assertThat(told).as("bytes of a hole").hasValue(0);
        }
    }

    private static byte[] stored(Image image, int from, int length) throws IOException {
        byte[] all = new byte[length];
        image.readExtents(from, length, (offset, bytes) -> {
            bytes.get(all, (int) offset - from, bytes.remaining());
            return CompletableFuture.completedFuture(null);
        });
        return all;
    }

    @Test
    @Covers("H24")
    void theReadLastsUntilItsReaderIsDone() throws IOException {
        client.rbd.create("slow", SIZE, ImageOptions.DEFAULT.withOrder(16));
        try (Image image = client.rbd.open("slow")) {
            image.write(0, ByteBuffer.wrap(TestClient.bytes(5, 4096)));
            CompletableFuture<ByteBuffer> lent = new CompletableFuture<>();
            CompletableFuture<Void> done = new CompletableFuture<>();
            CompletableFuture<Void> read = image.readExtentsAsync(0, OBJECT, (offset, bytes) -> {
                lent.complete(bytes);
                return done;
            });
            assertThat(lent.join().remaining()).isEqualTo(4096);
            assertThat(read).isNotDone();
            done.complete(null);
            read.join();
            RadosException past = catchThrowableOfType(
                    RadosException.class,
                    () -> image.readExtents(SIZE - 1, 2, (offset, bytes) -> CompletableFuture.completedFuture(null)));
            assertThat(past.errno()).isEqualTo(Errno.EINVAL);
            RadosException refused = catchThrowableOfType(
                    RadosException.class,
                    () -> image.readExtents(
                            0,
                            OBJECT,
                            (offset, bytes) ->
                                    CompletableFuture.failedFuture(RadosException.of(Errno.ENOSPC, "sending it on"))));
            assertThat(refused.errno()).isEqualTo(Errno.ENOSPC);
        }
    }
}
