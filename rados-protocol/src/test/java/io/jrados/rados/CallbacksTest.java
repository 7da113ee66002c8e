package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.FakeLoop;
import io.jrados.testkit.Covers;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallbacksTest {
    private final FakeLoop loop = new FakeLoop();
    private final Callbacks callbacks = new Callbacks(loop);

    /** Lets the client look after its threads until something has happened. */
    private boolean happens(CountDownLatch what) throws InterruptedException {
        for (int tries = 0; tries < 200; tries++) {
            if (what.await(50, TimeUnit.MILLISECONDS)) {
                return true;
            }
            loop.pass(Duration.ofMillis(200));
        }
        return false;
    }

    @Test
    @Covers("E37")
    void listenersThatBlockKeepNobodyElsesFromBeingTold() throws InterruptedException {
        int blocked = 100;
        CountDownLatch standing = new CountDownLatch(blocked);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(blocked);
        for (int i = 0; i < blocked; i++) {
            callbacks.execute(() -> {
                standing.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException never) {
                    throw new IllegalStateException(never);
                }
                ended.countDown();
            });
        }
        CountDownLatch told = new CountDownLatch(1);
        callbacks.execute(told::countDown);
        assertThat(happens(told)).isTrue();
        assertThat(standing.getCount()).isZero();
        goOn.countDown();
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        callbacks.close();
    }

    @Test
    @Covers("E37")
    void manyThatDoNotBlockTakeFewThreads() throws InterruptedException {
        long before = threads();
        CountDownLatch told = new CountDownLatch(5000);
        for (int i = 0; i < 5000; i++) {
            callbacks.execute(told::countDown);
        }
        assertThat(happens(told)).isTrue();
        assertThat(threads() - before).isLessThanOrEqualTo(16);
        callbacks.close();
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("jrados-callback"))
                .count();
    }
}
