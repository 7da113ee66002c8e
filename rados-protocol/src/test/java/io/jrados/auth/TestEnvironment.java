package io.jrados.auth;

import io.jrados.conf.Environment;
import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;

/** A clock moved by hand and random numbers from a seed. */
final class TestEnvironment implements Environment {
    private final Random random;
    // near the end, so that sums overflow as System.nanoTime's may
    private long now = Long.MAX_VALUE - 1000;

    TestEnvironment(long seed) {
        this.random = new Random(seed);
    }

    void pass(Duration time) {
        now += time.toNanos();
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public long wallClockMillis() {
        throw new UnsupportedOperationException("tickets do not look at the wall clock");
    }

    @Override
    public RandomGenerator random() {
        return random;
    }
}
