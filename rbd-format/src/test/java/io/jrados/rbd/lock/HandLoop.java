package io.jrados.rbd.lock;

import io.jrados.conf.Loop;
import io.jrados.testkit.FakeTime;
import java.time.Duration;

/** A loop driven by hand. */
final class HandLoop implements Loop {
    final FakeTime time = new FakeTime();

    @Override
    public boolean inLoop() {
        return time.inLoop();
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        Runnable cancel = time.schedule(delay, task);
        return cancel::run;
    }

    @Override
    public void execute(Runnable task) {
        time.execute(task);
    }

    void advance(Duration by) {
        time.advance(by);
    }

    void run() {
        time.runReady();
    }
}
