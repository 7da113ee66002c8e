package io.jrados.osd;

import io.jrados.error.RadosException;

/** What a watch is told: one call at a time, on the executor for callbacks. */
public interface WatchListener {
    /** Returns the answer to a notification. */
    byte[] onNotify(long notifyId, long notifierId, byte[] message);

    /** The watch is lost for good. The last call. */
    void onError(RadosException error);
}
