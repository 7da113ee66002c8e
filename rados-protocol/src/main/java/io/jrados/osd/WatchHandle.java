package io.jrados.osd;

import io.jrados.error.RadosException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A registered watch, for any thread. */
public interface WatchHandle {
    /** Returns the cookie by which the cluster lists it, never 0. */
    long cookie();

    /**
     * Returns the time since the OSD confirmed it.
     *
     * @throws RadosException that it is lost with
     */
    Duration sinceConfirmed() throws RadosException;

    /** Completes when the listener has returned from everything that had arrived for it. */
    CompletableFuture<Void> flush();

    /** Ends it; completes when the OSD has forgotten it. */
    CompletableFuture<Void> close();
}
