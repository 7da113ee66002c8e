package io.jrados.conf;

import io.jrados.testkit.FakeTime;
import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;

/** A loop, a clock and a random source, all driven by a test. */
public final class FakeLoop implements Loop, Environment {
    // near the end, so that sums overflow as those of System.nanoTime may
    private final FakeTime time = new FakeTime(Long.MAX_VALUE - 1_000_000_000L);
    private final Random random;

    public FakeLoop(long seed) {
        random = new Random(seed);
    }

    public FakeLoop() {
        this(1);
    }

    public void run() {
        time.runReady();
    }

    public void pass(Duration duration) {
        time.advance(duration);
    }

    /** Timers that still wait. */
    public int timers() {
        return time.scheduled();
    }

    /** Lets time pass without anything running, as when the process is stopped, and then runs what is due. */
    public void stopFor(Duration duration) {
        time.stopFor(duration);
    }

    @Override
    public boolean inLoop() {
        return time.inLoop();
    }

    @Override
    public void execute(Runnable task) {
        time.execute(task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        Runnable cancel = time.schedule(delay, task);
        return cancel::run;
    }

    @Override
    public long nanoTime() {
        return time.nanoTime();
    }

    @Override
    public long wallClockMillis() {
        return 1_700_000_000_000L;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }
}
