package io.jrados.rbd.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Wait;
import io.jrados.rbd.io.MemoryImage;
import io.jrados.rbd.io.MemoryPool;
import io.jrados.rbd.io.MemoryRados;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Verbs whose thread is interrupted while they wait for the gate, with writes under way. */
@Timeout(30)
class InterruptedHoldTest {
    private final MemoryRados rados = new MemoryRados();
    private final MemoryPool pool = rados.pool(1, "");
    private ImageContext image;
    private ImageIo io;

    @BeforeEach
    void open() throws Exception {
        new MemoryImage(pool, "i", 1 << 20);
        image = Wait.on(ImageContext.openAsync(pool, "i", "image", SnapContext.HEAD, false));
        io = new ImageIo(image);
        pool.holdReplies();
    }

    private CompletableFuture<Void> write() {
        return io.write(0, ByteBuffer.wrap(new byte[512]));
    }

    /** Something that blocks. */
    private interface Blocking {
        void run() throws RadosException;
    }

    /** Starts a blocking call, whose end is returned. */
    private static FutureTask<RadosException> start(Blocking blocking) {
        FutureTask<RadosException> task = new FutureTask<>(() -> {
            try {
                blocking.run();
                return null;
            } catch (RadosException failed) {
                assertThat(Thread.currentThread().isInterrupted()).isEqualTo(failed.errno() == Errno.EINTR);
                return failed;
            }
        });
        return task;
    }

    private static Thread blocked(FutureTask<RadosException> task) {
        Thread thread = new Thread(task);
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return thread;
    }

    @Test
    void whoIsInterruptedBeforeTheGateLeavesItOpen() throws Exception {
        CompletableFuture<Void> underWay = write();
        FutureTask<RadosException> refresh = start(image::refresh);
        blocked(refresh).interrupt();
        assertThat(refresh.get().errno()).isEqualTo(Errno.EINTR);
        CompletableFuture<Void> later = write();
        pool.replyToAll();
        assertThat(underWay).isCompleted();
        assertThat(later).isCompleted();
        image.refresh();
    }

    @Test
    void whoIsInterruptedDuringTheRefreshLetsNobodyInBeforeItsEnd() throws Exception {
        FutureTask<RadosException> refresh = start(image::refresh);
        blocked(refresh).interrupt();
        assertThat(refresh.get().errno()).isEqualTo(Errno.EINTR);
        int unanswered = pool.unanswered();
        CompletableFuture<Void> later = write();
        assertThat(pool.unanswered()).as("the write is not sent yet").isEqualTo(unanswered);
        pool.replyToAll();
        assertThat(later).isCompleted();
    }

    @Test
    void writesThatNeverEndMakeTheVerbFailAtItsDeadline() throws Exception {
        write();
        FutureTask<RadosException> hold = start(() -> image.hold("resizing"));
        Thread thread = blocked(hold);
        rados.loop.time.advance(pool.deadline().multipliedBy(2));
        assertThat(hold.get()).isInstanceOf(DeadlineException.class).hasMessageContaining("resizing");
        thread.join();
    }
}
