package io.jrados.rbd.wait;

import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * The time that those at a gate may wait. It passes in rounds of a quarter of the deadline, while anybody waits, with
 * one timer for all: each waits for the deadline at least, and a quarter of it longer at most. For use under the gate's
 * lock.
 */
public final class GateRounds {
    private static final int PER_DEADLINE = 4;

    private final Supplier<Loop> loop;
    private final Supplier<Duration> deadline;
    private final Environment environment;
    private long round;
    private boolean running;

    /**
     * @param loop for the timer, asked for when somebody waits
     * @param deadline of those who wait
     * @param environment for the wall clock
     */
    public GateRounds(Supplier<Loop> loop, Supplier<Duration> deadline, Environment environment) {
        this.loop = loop;
        this.deadline = deadline;
        this.environment = environment;
    }

    /**
     * The time at which somebody began to wait.
     *
     * @param round that was going on
     * @param millis the wall clock
     */
    record Since(long round, long millis) {}

    /**
     * The present round, for one who begins to wait.
     *
     * @param ended called at the end of the round, which calls {@link #end}
     */
    Since begin(Runnable ended) {
        if (!running) {
            start(ended);
        }
        return new Since(round, nowMillis());
    }

    /** The wall clock. */
    long nowMillis() {
        return environment.wallClockMillis();
    }

    private void start(Runnable ended) {
        try {
            loop.get().schedule(deadline.get().dividedBy(PER_DEADLINE), ended);
            running = true;
        } catch (RejectedExecutionException closed) {
            // The client is closed: whatever is waited for ends at once.
            running = false;
        }
    }

    /** A round has ended. */
    void end() {
        round++;
        running = false;
    }

    /** Some still wait. */
    void goOn(Runnable ended) {
        if (!running) {
            start(ended);
        }
    }

    /** Whether one who began to wait then has waited long enough. */
    boolean isLate(Since since) {
        return round - since.round > PER_DEADLINE;
    }

    Duration deadline() {
        return deadline.get();
    }
}
