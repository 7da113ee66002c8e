package io.jrados.msgr;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of large frames the connections of a client may be receiving at once (ms_dispatch_throttle_bytes): taken
 * when a frame's preamble tells its length, before memory is, and given back when it is whole. A frame larger than all of it
 * comes alone. Any thread may call.
 */
final class ReceiveBudget {
    private final long limit;
    private final AtomicLong taken = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    ReceiveBudget(long limit) {
        this.limit = limit;
    }

    boolean take(long bytes) {
        while (true) {
            long before = taken.get();
            if (before != 0 && before + bytes > limit) {
                return false;
            }
            if (taken.compareAndSet(before, before + bytes)) {
                return true;
            }
        }
    }

    void give(long bytes) {
        taken.addAndGet(-bytes);
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
        }
    }

    /** @param again called once, when it is worth to try again */
    void await(Runnable again) {
        waiting.add(again);
        if (taken.get() == 0 && waiting.remove(again)) {
            again.run();
        }
    }

    /** What is being received now. */
    long taken() {
        return taken.get();
    }
}
