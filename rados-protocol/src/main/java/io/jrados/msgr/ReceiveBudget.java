package io.jrados.msgr;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The number of bytes of large frames that the connections of a client may be receiving at once
 * (ms_dispatch_throttle_bytes): taken when a frame's preamble tells its length, before memory is, and given back when
 * it is whole. A frame larger than all of it comes alone. Any thread may call.
 */
final class ReceiveBudget {
    /** Frames below this are of no concern. */
    private static final int LARGE = 64 << 10;

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

    /** Returns the number of bytes that are being received now. */
    long taken() {
        return taken.get();
    }

    /** Returns the share of one connection. @param loop the connection's own */
    Share share(Executor loop) {
        return new Share(loop);
    }

    /** One connection's part. Confined to its loop. */
    final class Share {
        private final Executor loop;
        private long held;
        private boolean closed;
        private volatile boolean waiting;

        private Share(Executor loop) {
            this.loop = loop;
        }

        /**
         * A frame of so many bytes is coming: takes them, if they are many, or stops the reading until it can.
         *
         * @param reading whether the socket is read
         */
        void want(long frame, Consumer<Boolean> reading) {
            if (frame < LARGE || held != 0 || closed) {
                return;
            }
            if (take(frame)) {
                held = frame;
                waiting = false;
                reading.accept(true);
            } else {
                waiting = true;
                reading.accept(false);
                await(() -> loop.execute(() -> want(frame, reading)));
            }
        }

        /** Whether nothing is read because others have the whole budget. Any thread. */
        boolean isWaiting() {
            return waiting;
        }

        /** The frame is whole. */
        void give() {
            if (held != 0) {
                long given = held;
                held = 0;
                ReceiveBudget.this.give(given);
            }
        }

        /** Gives the share back: the connection is gone. */
        void close() {
            closed = true;
            give();
        }
    }
}
