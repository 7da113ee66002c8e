package io.jrados.benchmarks.load;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Slots that are free again, on their way to the one thread that submits. */
final class Finished {
    private final ConcurrentLinkedQueue<Slot> slots = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Thread waiting;

    void add(Slot slot) {
        slots.add(slot);
        Thread sleeper = waiting;
        if (sleeper != null) {
            LockSupport.unpark(sleeper);
        }
    }

    Slot take() {
        Slot slot = slots.poll();
        while (slot == null) {
            waiting = Thread.currentThread();
            slot = slots.poll();
            if (slot == null) {
                LockSupport.park(this);
                slot = slots.poll();
            }
            waiting = null;
        }
        return slot;
    }
}
