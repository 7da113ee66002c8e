package io.jrados.benchmarks.load;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The places of the operations on one target: any block, or one after the other, again from the begin after the last.
 */
final class Places {
    private final AtomicLong next = new AtomicLong();
    private final long count;
    private final long step;
    private final boolean random;

    Places(long size, Shape shape) {
        random = shape.step() == 0;
        step = random ? shape.blockSize() : shape.step();
        count = size / step;
    }

    /** @param source of the one slot that asks */
    long next(SplittableRandom source) {
        return step * (random ? source.nextLong(count) : next.getAndIncrement() % count);
    }

    /** Sequential places begin anew. */
    void reset() {
        next.set(0);
    }
}
