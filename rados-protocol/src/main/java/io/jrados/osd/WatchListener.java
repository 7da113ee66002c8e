package io.jrados.osd;

import io.jrados.error.RadosException;

/** The receiver of a watch's events: one call at a time, on the executor for callbacks. */
public interface WatchListener {
    /** Returns the answer to a notification. */
    byte[] onNotify(long notifyId, long notifierId, byte[] message);

    /** The watch is lost for good. The last call. */
    void onError(RadosException error);
}
