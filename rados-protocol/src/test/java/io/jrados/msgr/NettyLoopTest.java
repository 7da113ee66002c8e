package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Shows that a loop loses nothing that is handed to it, however late. */
@Timeout(60)
class NettyLoopTest {
    private static final int EACH = 20_000;

    private final NettyLoops loops = new NettyLoops(1, "loop-test");
    private final NettyLoop loop = loops.next();

    private void end() throws Exception {
        loops.close().get(30, TimeUnit.SECONDS);
    }

    /** Four threads hand over tasks while the loop ends: each task runs, one at a time, those of a thread in order. */
    @Test
    void everyTaskThatRacesWithTheEndRuns() throws Exception {
        AtomicLong ran = new AtomicLong();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger disorder = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        CountDownLatch brought = new CountDownLatch(EACH);
        for (int i = 0; i < 4; i++) {
            AtomicLong last = new AtomicLong();
            Thread thread = new Thread(() -> {
                for (long number = 1; number <= EACH; number++) {
                    long mine = number;
                    brought.countDown();
                    loop.execute(() -> {
                        disorder.addAndGet(inside.getAndIncrement());
                        disorder.addAndGet(last.getAndSet(mine) == mine - 1 ? 0 : 1);
                        disorder.addAndGet(loop.inLoop() ? 0 : 1);
                        ran.incrementAndGet();
                        inside.decrementAndGet();
                    });
                }
            });
            threads.add(thread);
            thread.start();
        }
        brought.await();
        end();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(ran).hasValue(4 * EACH);
        assertThat(disorder).hasValue(0);
    }

    @Test
    void aTaskThatALateTaskBringsRunsAfterIt() throws Exception {
        end();
        List<String> told = new ArrayList<>();
        loop.execute(() -> {
            loop.execute(() -> told.add("second"));
            told.add("first");
        });

        assertThat(told).containsExactly("first", "second");
        assertThat(loop.inLoop()).isFalse();
    }

    @Test
    void aLateTaskThatFailsKeepsNoOtherBack() throws Exception {
        end();
        CompletableFuture<Void> other = new CompletableFuture<>();
        loop.execute(() -> {
            throw new IllegalStateException("as a test wants it");
        });
        loop.execute(() -> other.complete(null));

        assertThat(other).isCompleted();
    }

    @Test
    void timersOfALoopThatHasEndedDoNothing() throws Exception {
        CompletableFuture<Void> never = new CompletableFuture<>();
        io.jrados.conf.Loop.Timer before = loop.schedule(Duration.ofHours(1), () -> never.complete(null));
        end();
        before.cancel();
        loop.schedule(Duration.ZERO, () -> never.complete(null)).cancel();
        loop.schedule(Duration.ZERO, () -> never.complete(null));
        loop.execute(() -> loop.schedule(Duration.ZERO, () -> never.complete(null)));

        assertThat(never).isNotDone();
    }

    /** As a client does that is closed on its own loop. */
    @Test
    void aLoopMayCloseItself() throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        loop.execute(() -> loops.close().whenComplete((ended, failure) -> closed.complete(null)));

        closed.get(30, TimeUnit.SECONDS);
        assertThat(loops.close()).isCompleted();
    }
}
