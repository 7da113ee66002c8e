package io.jrados.rados;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Time that threads have spent already of the deadline of their next operation. A verb that waits for its turn does so
 * within the deadline of its first step: who asks for one step waits for one deadline, not for two. Each client has
 * one, as a part.
 */
public final class SpentTime implements ClientPart {
    private static final Duration LEAST = Duration.ofNanos(1);

    private final ThreadLocal<Duration> spent = new ThreadLocal<>();

    /** Nearly always 0: then an operation looks no further. */
    private final AtomicInteger threads = new AtomicInteger();

    /** Takes so much from the deadline of the next operation that this thread submits to a pool. */
    public void charge(Duration time) {
        if (spent.get() == null) {
            threads.incrementAndGet();
        }
        spent.set(time);
    }

    /** Returns what is left of the deadline of an operation that this thread submits now; the next one has it all. */
    public Duration left(Duration deadline) {
        if (threads.get() == 0) {
            return deadline;
        }
        Duration charged = spent.get();
        if (charged == null) {
            return deadline;
        }
        forget();
        Duration left = deadline.minus(charged);
        return left.compareTo(LEAST) < 0 ? LEAST : left;
    }

    /** Forgets what this thread was charged. */
    public void forget() {
        if (spent.get() != null) {
            spent.remove();
            threads.decrementAndGet();
        }
    }

    @Override
    public void clientCloses() {}
}
