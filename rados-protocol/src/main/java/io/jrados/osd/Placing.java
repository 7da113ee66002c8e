package io.jrados.osd;

import org.jspecify.annotations.Nullable;

/** The settings that all operations of a client share when they are placed. Confined to the Objecter's loop. */
final class Placing {
    private final @Nullable ReplicaChoice replicas;
    private long barrier;

    /** @param replicas chooses for reads that need not go to the primary; null sends all there */
    Placing(@Nullable ReplicaChoice replicas) {
        this.replicas = replicas;
    }

    @Nullable
    ReplicaChoice replicas() {
        return replicas;
    }

    /** Nothing is sent under a map before this epoch. */
    long barrier() {
        return barrier;
    }

    void raiseBarrier(long epoch) {
        barrier = Math.max(barrier, epoch);
    }
}
