package io.jrados.rbd.wait;

import io.jrados.conf.Loop;
import io.jrados.testkit.FakeTime;
import java.time.Duration;

/** A loop whose time the test drives. */
public final class ManualLoop implements Loop {
    public final FakeTime time = new FakeTime();

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
}
