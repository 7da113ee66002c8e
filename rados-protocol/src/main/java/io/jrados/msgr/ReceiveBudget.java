package io.jrados.msgr;

import io.jrados.conf.Environment;
import io.jrados.conf.Expiry;
import io.jrados.conf.Loop;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.wire.Payload;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The number of bytes of large frames that the connections of a client may be receiving at once
 * (ms_dispatch_throttle_bytes): taken when enough of a frame has arrived that it gets its memory, and given back when
 * it is whole. A frame larger than all of it comes alone. While others wait, a frame has to come at a pace: a daemon
 * that announces much and sends little would stop what all others send. Any thread may call.
 */
final class ReceiveBudget {
    /** The time in which a part of a frame has to come while others wait. */
    static final Duration WINDOW = Duration.ofSeconds(5);

    /** Bytes of messages that a connection's listener puts aside, at most, beside those of one read of the socket. */
    static final long MOST_ASIDE_BYTES = 64L << 20;

    /** The part: one in so many. */
    static final int PACE = 4;

    private final long limit;
    private final AtomicLong taken = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final Set<Share> holders = ConcurrentHashMap.newKeySet();

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

    /**
     * Returns the share of one connection.
     *
     * @param loop the connection's own
     * @param isDeaf whether the socket is not read for a reason of ours
     * @param end ends the connection
     */
    Share share(Loop loop, Environment environment, BooleanSupplier isDeaf, Consumer<RadosException> end) {
        return new Share(loop, environment, isDeaf, end);
    }

    /**
     * Somebody has waited for a window: the slowest makes room. The others may only be slow because they share a thin
     * link, and would all be resent if all were ended; with one less they come faster.
     */
    private void hurry() {
        Late slowest = null;
        for (Share each : holders) {
            Late late = each.look();
            if (late != null && (slowest == null || late.part() < slowest.part())) {
                slowest = late;
            }
        }
        if (slowest != null) {
            slowest.end();
        }
    }

    /** A frame that does not come at the pace. */
    private record Late(Share share, long frame, Mark before, Mark now) {
        private long came() {
            return now.arrived - before.arrived;
        }

        double part() {
            return (double) came() / frame;
        }

        void end() {
            share.loop.execute(() -> share.end(this));
        }

        RadosException failure() {
            return RadosException.of(
                    Errno.ETIMEDOUT,
                    "receiving a frame of " + frame + " bytes, of which " + came() + " came in the last "
                            + Duration.ofNanos(now.nanos - before.nanos).toSeconds()
                            + " s while others waited for their turn to be received");
        }
    }

    /** The bytes of a frame that had arrived at some time. */
    private record Mark(long nanos, long arrived) {}

    /** One connection's part. Confined to its loop, but for what others look at. */
    final class Share {
        private final Loop loop;
        private final Environment environment;
        private final BooleanSupplier isDeaf;
        private final Consumer<RadosException> end;
        private final AtomicReference<Mark> mark = new AtomicReference<>(new Mark(0, 0));
        private volatile long arrived;
        private volatile long held;
        private volatile boolean waiting;
        private boolean closed;
        private Loop.@Nullable Timer hurrying;

        private Share(Loop loop, Environment environment, BooleanSupplier isDeaf, Consumer<RadosException> end) {
            this.loop = loop;
            this.environment = environment;
            this.isDeaf = isDeaf;
            this.end = end;
        }

        /** So many bytes of the frame under way are here. */
        void arrived(long bytes) {
            if (held != 0) {
                arrived = bytes;
            }
        }

        /**
         * A frame of so many bytes is about to get its memory: takes them, or stops the reading until it can.
         *
         * @param here bytes of it that have arrived
         * @param reading whether the socket is read
         */
        void want(long frame, long here, Consumer<Boolean> reading) {
            if (held != 0 || closed) {
                return;
            }
            if (take(frame)) {
                arrived = here;
                mark.set(new Mark(environment.nanoTime(), here));
                held = frame;
                holders.add(this);
                goOn();
                reading.accept(true);
            } else {
                waiting = true;
                reading.accept(false);
                if (hurrying == null) {
                    hurryLater();
                }
                await(() -> loop.execute(() -> want(frame, here, reading)));
            }
        }

        private void hurryLater() {
            hurrying = new Expiry(loop, environment).after(WINDOW, () -> {
                hurryLater();
                hurry();
            });
        }

        private void goOn() {
            waiting = false;
            if (hurrying != null) {
                hurrying.cancel();
                hurrying = null;
            }
        }

        /** Returns the frame under way if too little of it has come since the last look. Any thread. */
        private @Nullable Late look() {
            Mark before = mark.get();
            long frame = held;
            Mark now = new Mark(environment.nanoTime(), arrived);
            if (frame == 0 || now.nanos - before.nanos < WINDOW.toNanos() || !mark.compareAndSet(before, now)) {
                return null;
            }
            boolean isSlow = now.arrived - before.arrived < frame / PACE;
            return isSlow && !isDeaf.getAsBoolean() ? new Late(this, frame, before, now) : null;
        }

        /** Ends the connection unless more has come meanwhile: its loop may have had no time to read. */
        private void end(Late late) {
            boolean isSlow = held == late.frame && arrived - late.before.arrived < late.frame / PACE;
            if (isSlow && !isDeaf.getAsBoolean()) {
                end.accept(late.failure());
            }
        }

        /** The socket is read again, which it was not for a reason of ours: that time does not count. */
        void resumed() {
            mark.set(new Mark(environment.nanoTime(), arrived));
        }

        /** Whether nothing is read because others have the whole budget. Any thread. */
        boolean isWaiting() {
            return waiting;
        }

        /** The frame is whole. */
        void give() {
            long given = held;
            if (given != 0) {
                held = 0;
                holders.remove(this);
                ReceiveBudget.this.give(given);
            }
        }

        /** Gives the share back: the connection is gone. */
        void close() {
            closed = true;
            goOn();
            give();
        }
    }

    /**
     * The messages that one connection has handed to its listener and that this has only put aside, for a loop of its
     * own. A peer that sends faster than that loop works would fill the memory: beyond a limit its socket is not read.
     * Any thread may call.
     */
    static final class Backlog {
        /** The cost of a message beside its segments: with them, there are 65,536 messages at most. */
        static final int OVERHEAD = 1024;

        private final AtomicLong bytes = new AtomicLong();
        private final AtomicBoolean full = new AtomicBoolean();

        private static long cost(Payload message) {
            return (long) OVERHEAD
                    + message.front().readableBytes()
                    + message.middle().readableBytes()
                    + message.data().readableBytes();
        }

        /** A message is handed out; returns whether the socket is to be read no more, once each time. */
        boolean add(Payload message) {
            return bytes.addAndGet(cost(message)) > MOST_ASIDE_BYTES && full.compareAndSet(false, true);
        }

        /** A message is taken up, whole as it was handed out; returns whether the socket is to be read again. */
        boolean remove(Payload message) {
            return bytes.addAndGet(-cost(message)) <= MOST_ASIDE_BYTES / 2
                    && full.get()
                    && full.compareAndSet(true, false);
        }

        boolean isFull() {
            return full.get();
        }
    }
}
