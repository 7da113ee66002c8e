package io.jrados.rbd.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.ClosedException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Wait;
import io.jrados.rbd.io.MemoryImage;
import io.jrados.rbd.io.MemoryPool;
import io.jrados.rbd.io.MemoryRados;
import io.jrados.testkit.Covers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Flushing and closing an image whose requests wait for its limits. */
@Covers({"H32", "H38"})
@Timeout(30)
class LimitedImageTest {
    private static final Duration UNTIL_ALL_HAVE_PASSED = Duration.ofSeconds(7);

    private final MemoryRados rados = new MemoryRados();
    private final MemoryPool pool = rados.pool(1, "");
    private final MemoryImage stored = new MemoryImage(pool, "i", 1 << 20);
    private ImageIo io;

    @BeforeEach
    void open() throws Exception {
        for (String limit : List.of("conf_rbd_qos_write_iops_limit", "conf_rbd_qos_read_iops_limit")) {
            stored.metadata.put(limit, "10".getBytes(StandardCharsets.US_ASCII));
        }
        io = new ImageIo(Wait.on(ImageContext.openAsync(pool, "i", "image", SnapContext.HEAD, false)));
    }

    private List<CompletableFuture<Void>> write(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> io.write(i * 512L, ByteBuffer.wrap(new byte[512])))
                .toList();
    }

    @Test
    void aFlushWaitsForWritesThatWaitForTheLimit() {
        List<CompletableFuture<Void>> writes = write(60);
        CompletableFuture<Void> flush = io.flush();
        assertThat(writes).filteredOn(CompletableFuture::isDone).hasSize(10);
        assertThat(flush).isNotDone();
        rados.loop.time.advance(UNTIL_ALL_HAVE_PASSED);
        assertThat(writes).allSatisfy(write -> assertThat(write).isCompleted());
        assertThat(flush).isCompleted();
    }

    @Test
    void aCloseWaitsForAllThatWasSubmittedBeforeAndRefusesWhatComesLater() {
        List<CompletableFuture<Void>> writes = write(60);
        List<CompletableFuture<Void>> reads = IntStream.range(0, 60)
                .mapToObj(i -> io.read(0, ByteBuffer.allocate(512)))
                .toList();
        CompletableFuture<Void> closed = io.closeAsync();
        assertThat(closed).isNotDone();
        assertThatThrownBy(() -> Wait.on(io.write(0, ByteBuffer.wrap(new byte[512]))))
                .isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> Wait.on(io.read(0, ByteBuffer.allocate(512)))).isInstanceOf(ClosedException.class);
        rados.loop.time.advance(UNTIL_ALL_HAVE_PASSED);
        assertThat(writes).allSatisfy(write -> assertThat(write).isCompleted());
        assertThat(reads).allSatisfy(read -> assertThat(read).isCompleted());
        assertThat(closed).isCompleted();
    }
}
