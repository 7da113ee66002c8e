package io.jrados.msgr;

import io.jrados.wire.Payload;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The messages that one connection has handed to its listener and that this has only put aside, for a loop of its own.
 * A peer that sends faster than that loop works would fill the memory: beyond a limit its socket is not read. Any
 * thread may call.
 */
final class Backlog {
    /** Bytes that are put aside, at most, beside those of one read of the socket. */
    static final long MOST_BYTES = 64L << 20;

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
        return bytes.addAndGet(cost(message)) > MOST_BYTES && full.compareAndSet(false, true);
    }

    /** A message is taken up, whole as it was handed out; returns whether the socket is to be read again. */
    boolean remove(Payload message) {
        return bytes.addAndGet(-cost(message)) <= MOST_BYTES / 2 && full.get() && full.compareAndSet(true, false);
    }

    boolean isFull() {
        return full.get();
    }
}
