package io.jrados.benchmarks.load;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** One of the operations in flight: its buffer and what it measured. Used by one thread at a time. */
final class Slot {
    private final Target target;
    private final Places places;
    private final Shape shape;
    private final ByteBuffer buffer;
    private final SplittableRandom random;
    private Histogram durations = new Histogram();
    private long begun;

    Slot(Target target, Places places, Shape shape, long seed) {
        this.target = target;
        this.places = places;
        this.shape = shape;
        this.random = new SplittableRandom(seed);
        this.buffer = ByteBuffer.allocateDirect(shape.blockSize());
        while (buffer.remaining() >= Long.BYTES) {
            buffer.putLong(random.nextLong());
        }
        buffer.clear();
    }

    CompletableFuture<?> submit() {
        long place = places.next(random);
        boolean read = shape.readPercent() > 0 && random.nextInt(100) < shape.readPercent();
        begun = System.nanoTime();
        return read ? target.read(place, buffer.clear()) : target.write(place, buffer.clear());
    }

    /** Counts the operation that ended now if it lies in the measured part. */
    void ended(long now, long from, long to) {
        if (now >= from && now < to) {
            durations.record(now - begun);
        }
    }

    /** Returns the measurements since the last call. */
    Histogram take() {
        Histogram taken = durations;
        durations = new Histogram();
        return taken;
    }
}
