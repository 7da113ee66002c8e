package io.jrados.rados;

import io.jrados.error.ClosedException;
import io.jrados.error.RadosException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A registered watch on one object. It survives map changes and lost connections by itself. */
public interface Watch extends AutoCloseable {
    /** The cookie, never 0: what the cluster lists watchers by. */
    long handle();

    /**
     * Returns the time since the OSD confirmed the watch; some seconds are usual.
     *
     * @throws RadosException ENOTCONN or EBLOCKLISTED once the watch is lost, {@link ClosedException} once the client
     *     is closed
     */
    Duration sinceConfirmed() throws RadosException;

    /** Completes when the listener has returned from everything that had arrived for it. */
    CompletableFuture<Void> flushAsync();

    /** {@link #flushAsync}, waited for. Not from the listener, which would wait for itself. */
    default void flush() throws RadosException {
        Wait.on(flushAsync());
    }

    /** Ends the watch. Calls of the listener that had begun go on; a listener may call this. */
    CompletableFuture<Void> closeAsync();

    /** {@link #closeAsync}, waited for. */
    @Override
    default void close() throws RadosException {
        Wait.on(closeAsync());
    }

    /** The events that a watcher is told. Calls come one at a time, never on the client's own loops. */
    interface Listener {
        /**
         * Somebody notified the object.
         *
         * @param notifyId of this notification
         * @param notifierId global id of who sent it
         * @param message what was sent
         * @return the answer that the notifier gets, empty for a plain acknowledgement
         */
        byte[] onNotify(long notifyId, long notifierId, byte[] message);

        /**
         * The watch is lost for good: notifications were missed, make another one. ENOTCONN, EBLOCKLISTED or
         * {@link ClosedException}.
         */
        void onError(RadosException error);
    }
}
