package io.jrados.rbd.weather;

import io.jrados.rados.OperationHook;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A deed just before the k-th operation that a client sends from now on. */
final class Moment implements OperationHook {
    private static final Runnable NOTHING = () -> {};

    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger at = new AtomicInteger(-1);
    private final AtomicReference<Runnable> deed = new AtomicReference<>(NOTHING);

    /** @param step 0 for just before the next operation; negative for never */
    void arm(int step, Runnable then) {
        count.set(0);
        at.set(step);
        deed.set(then);
    }

    /** Operations since it was armed. */
    int count() {
        return count.get();
    }

    /** Runs the deed now if its moment has not come; says whether it had. */
    boolean orNow() {
        Runnable then = deed.getAndSet(NOTHING);
        then.run();
        return then == NOTHING;
    }

    @Override
    public void before(String pool, String object, boolean write) {
        if (count.getAndIncrement() == at.get()) {
            deed.getAndSet(NOTHING).run();
        }
    }
}
