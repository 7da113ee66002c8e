package io.jrados.osd;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The requests of the Objecter to the monitor client. Called on the Objecter's loop. */
public interface Monitors {
    /**
     * Asks for OSD maps from an epoch on.
     *
     * @param start 0 for a full map
     * @param once for the next one only
     */
    void wantOsdMap(long start, boolean once);

    /** A map has arrived, by whatever way. */
    void gotOsdMap(long epoch);

    /** A map that was asked for came and could not be taken: it does not count as asked for any more. */
    void missedOsdMap();

    /** Ours sent a map that cannot be read: it is left for another. */
    void distrust(String why);

    /** The newest epoch that the monitors have; completes on the Objecter's loop. */
    CompletableFuture<Long> newestOsdMap(Duration deadline);

    /** An OSD refused our ticket, or there is none. */
    void renewTickets();
}
