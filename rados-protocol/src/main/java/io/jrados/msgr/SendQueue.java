package io.jrados.msgr;

import io.jrados.wire.Payload;
import io.netty.buffer.Unpooled;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Messages that wait for the socket, in the order of sending. Any thread adds, the connection's loop takes. */
final class SendQueue {
    private static final long HIGH_BYTES = 32L << 20;
    private static final long LOW_BYTES = HIGH_BYTES / 2;
    private static final long LIMIT_BYTES = 512L << 20;
    /** The cost of a message beside its segments. */
    private static final int OVERHEAD = 256;

    /** The place of a message that was taken back. */
    private static final Payload GONE = Payload.of(0, 0, 0, 0, Unpooled.EMPTY_BUFFER);

    private final Queue<Payload> messages = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    /** The messages that go in the places of others; {@link #GONE} for none. Belongs to the loop. */
    private final Map<Payload, Payload> exchanged = new IdentityHashMap<>();

    private final AtomicBoolean crowded = new AtomicBoolean();

    /** Owns the message; false, with the message released, if the queue is full. */
    boolean add(Payload message) {
        long now = bytes.addAndGet(size(message));
        if (now > LIMIT_BYTES) {
            bytes.addAndGet(-size(message));
            message.release();
            return false;
        }
        messages.add(message);
        return true;
    }

    @Nullable
    Payload poll() {
        Payload next = messages.poll();
        while (next != null && !exchanged.isEmpty()) {
            Payload other = exchanged.remove(next);
            if (other != GONE) {
                next = other == null ? next : other;
                break;
            }
            next = messages.poll();
        }
        if (next != null) {
            bytes.addAndGet(-size(next));
        }
        return next;
    }

    /** Releases a message that still waits, and has another go in its place, which it owns. Called on the loop. */
    void exchange(int type, long tid, @Nullable Payload instead) {
        for (Payload waiting : messages) {
            Payload now = exchanged.getOrDefault(waiting, waiting);
            if (now != GONE && now.type() == type && now.tid() == tid) {
                bytes.addAndGet((instead == null ? 0 : size(instead)) - size(now));
                exchanged.put(waiting, instead == null ? GONE : instead);
                now.release();
                return;
            }
        }
        if (instead != null) {
            instead.release();
        }
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    /** False once too much waits; {@link #relieved} then tells when it no longer does. */
    boolean isWritable() {
        if (bytes.get() < HIGH_BYTES) {
            return true;
        }
        crowded.set(true);
        return false;
    }

    /** Whether somebody was told that too much waits, and now little enough does. True once each time. */
    boolean relieved() {
        return crowded.get() && bytes.get() <= LOW_BYTES && crowded.compareAndSet(true, false);
    }

    void clear() {
        Payload next = poll();
        while (next != null) {
            next.release();
            next = poll();
        }
    }

    private static long size(Payload message) {
        return (long) OVERHEAD
                + message.front().readableBytes()
                + message.middle().readableBytes()
                + message.data().readableBytes();
    }
}
