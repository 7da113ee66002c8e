package io.jrados.rbd.wait;

import io.jrados.error.RadosException;
import java.util.concurrent.CompletableFuture;

/** Somebody in a gate's line, or who waits for those inside. */
sealed interface GateWait {
    /** Returns the time at which it began to wait. */
    GateRounds.Since since();

    /** Tells that it does not wait any more. */
    void refuse(RadosException why);

    /**
     * A caller that wants to enter.
     *
     * @param ticket number in the order of arrival
     */
    record Arrival(long ticket, Gate.Entrant entrant, GateRounds.Since since) implements GateWait {
        @Override
        public void refuse(RadosException why) {
            entrant.refused(why);
        }
    }

    /** A flush, which waits for all that came before it. */
    record Flush(CompletableFuture<Void> done, GateRounds.Since since) implements GateWait {
        @Override
        public void refuse(RadosException why) {
            done.completeExceptionally(why);
        }
    }

    /**
     * A claim to hold the gate, closed and empty.
     *
     * @param by what closes it, as a participle
     */
    record Claim(CompletableFuture<Gate.Hold> granted, String by, GateRounds.Since since) implements GateWait {
        @Override
        public void refuse(RadosException why) {
            granted.completeExceptionally(why);
        }
    }

    /** A reader, which waits for a fresh header and for nothing else. */
    record Reader(CompletableFuture<Void> fresh, GateRounds.Since since) implements GateWait {
        @Override
        public void refuse(RadosException why) {
            fresh.completeExceptionally(why);
        }
    }
}
