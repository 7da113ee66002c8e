package io.jrados.rbd.wait;

import java.util.concurrent.CompletableFuture;

/**
 * The phases in which callers have entered a gate: a flush or a claim waits for all phases so far, and is not
 * held up by those who enter later. For use under the gate's lock.
 */
final class GatePhases {
    private Pass current = new Pass();
    private CompletableFuture<Void> earlier = CompletableFuture.completedFuture(null);

    /** The phase that newcomers enter. */
    Pass current() {
        return current;
    }

    /** Whether nobody is inside. */
    boolean areEmpty() {
        return current.isEmpty() && earlier.isDone();
    }

    /** Ends the phase and begins another; completes when all phases up to here are empty. */
    CompletableFuture<Void> drained() {
        Pass ended = current;
        current = new Pass();
        ended.seal();
        earlier = earlier.isDone() ? ended.emptied() : CompletableFuture.allOf(earlier, ended.emptied());
        return earlier;
    }
}
