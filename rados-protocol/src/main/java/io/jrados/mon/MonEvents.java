package io.jrados.mon;

import io.jrados.message.LogMessage;
import io.jrados.message.MgrMap;
import io.jrados.message.OsdMapMessage;
import java.util.Map;

/** Events that monitors tell by themselves. Called on the monitor client's loop. */
public interface MonEvents {
    /** The central configuration for this client, instead of what it was before. */
    void configured(Map<String, String> options);

    void mapped(OsdMapMessage message);

    /** Every monitor that answers refuses this client, which they let in before: its key may be another now. */
    default void refused() {}

    /** Tells which manager is active, once that is wanted. */
    default void managed(MgrMap map) {}

    /** The cluster's log grows, once that is wanted. */
    default void logged(LogMessage message) {}
}
