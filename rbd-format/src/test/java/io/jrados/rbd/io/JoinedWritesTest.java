package io.jrados.rbd.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Wait;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.image.ImageIo;
import io.jrados.rbd.wait.Gate;
import io.jrados.testkit.Covers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Walks the arrows of {@link JoinedWrites}, with a pool whose answers the test holds back. */
@Covers("H40")
@Timeout(30)
class JoinedWritesTest {
    private static final int OBJECT = 1 << 16;

    private final MemoryRados rados = new MemoryRados();
    private final MemoryPool pool = rados.pool(1, "");
    private final MemoryImage stored = new MemoryImage(pool, "i", 70 * OBJECT);
    private ImageContext image;
    private ImageIo io;

    @BeforeEach
    void open() throws Exception {
        image = Wait.on(ImageContext.openAsync(pool, "i", "image", SnapContext.HEAD, false));
        io = new ImageIo(image);
        pool.log.clear();
        pool.holdReplies();
    }

    private CompletableFuture<Void> write(long offset, String text) {
        return io.write(offset, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private List<String> log(long object) {
        return pool.logOf("rbd_data." + stored.id + "." + String.format("%016x", object));
    }

    @Test
    void whatContinuesAWriteOnItsWayLeavesAsOne() {
        CompletableFuture<Void> first = write(10, "aa");
        CompletableFuture<Void> second = write(12, "b");
        CompletableFuture<Void> third = write(13, "ccc");
        assertThat(log(0)).hasSize(1);
        pool.reply();
        assertThat(first).isCompleted();
        assertThat(List.of(second, third)).noneMatch(CompletableFuture::isDone);
        assertThat(log(0)).hasSize(2).last().asString().contains("write 12~4");
        CompletableFuture<Void> fourth = write(16, "d");
        assertThat(log(0)).as("it waits for those before").hasSize(2);
        pool.reply();
        assertThat(List.of(second, third)).allMatch(CompletableFuture::isDone);
        pool.reply();
        assertThat(fourth).isCompleted();
        assertThat(log(0)).hasSize(3).last().asString().contains("write 16~1");
        byte[] bytes = new byte[9];
        CompletableFuture<Void> read = io.read(9, ByteBuffer.wrap(bytes));
        pool.replyToAll();
        assertThat(read).isCompleted();
        assertThat(new String(bytes, StandardCharsets.US_ASCII)).isEqualTo("\0aabcccd\0");
    }

    @Test
    void whatDoesNotContinueIsNotHeldUp() {
        write(10, "aa");
        write(13, "b");
        write(8, "c");
        write(10, "dd");
        write(OBJECT + 12, "e");
        assertThat(log(0)).hasSize(4);
        assertThat(log(1)).hasSize(1);
    }

    @Test
    void anythingElseOfTheObjectComesBehindThoseThatWait() {
        write(0, "aa");
        write(2, "bb");
        byte[] bytes = new byte[4];
        io.read(0, ByteBuffer.wrap(bytes));
        assertThat(log(0)).hasSize(3).element(1).asString().contains("write 2~2");
        write(4, "cc");
        assertThat(log(0)).as("it continues").hasSize(3);
        io.discard(0, OBJECT);
        assertThat(log(0)).hasSize(5).element(3).asString().contains("write 4~2");
        write(100, "d");
        write(101, "e");
        write(50, "f");
        assertThat(log(0)).hasSize(8).element(6).asString().contains("write 101~1");
        pool.replyToAll();
        assertThat(new String(bytes, StandardCharsets.US_ASCII)).isEqualTo("aabb");
    }

    @Test
    void anotherObjectOfTheSameSlotSendsThoseThatWait() {
        write(0, "aa");
        write(2, "bb");
        write(64L * OBJECT, "x");
        assertThat(log(0)).hasSize(2).last().asString().contains("write 2~2");
        assertThat(log(64)).hasSize(1);
    }

    @Test
    void aFailureIsEachOnesFailureAndTheNextGoOn() throws Exception {
        CompletableFuture<Void> first = write(0, "aa");
        CompletableFuture<Void> second = write(2, "bb");
        CompletableFuture<Void> third = write(4, "cc");
        assertThat(second.cancel(true)).as("it is not alone").isFalse();
        pool.failOn(line -> line.contains("write 2~4"));
        pool.replyToAll();
        assertThat(first).isCompleted();
        assertThat(List.of(second, third)).allMatch(CompletableFuture::isCompletedExceptionally);
        pool.failOn(line -> false);
        CompletableFuture<Void> last = write(6, "dd");
        pool.replyToAll();
        assertThat(last).isCompleted();
    }

    @Test
    void noneIsJoinedWhenTheSchedulerIsNone() throws Exception {
        stored.metadata.put("conf_rbd_io_scheduler", "none".getBytes(StandardCharsets.US_ASCII));
        pool.replyToAll();
        open();
        write(0, "aa");
        write(2, "bb");
        assertThat(log(0)).hasSize(2);
    }

    @Test
    void closingTheGateWaitsForThoseThatWait() {
        write(0, "aa");
        CompletableFuture<Void> waiting = write(2, "bb");
        CompletableFuture<Gate.Hold> closed = image.gate().closeAsync("a test");
        assertThat(closed).isNotDone();
        pool.reply();
        assertThat(closed).isNotDone();
        pool.reply();
        assertThat(waiting).isCompleted();
        assertThat(closed).isCompleted();
    }
}
