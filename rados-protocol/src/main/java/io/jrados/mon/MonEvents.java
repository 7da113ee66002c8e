package io.jrados.mon;

import io.jrados.message.OsdMapMessage;
import java.util.Map;

/** What monitors tell by themselves. Called on the monitor client's loop. */
public interface MonEvents {
    /** The central configuration for this client, instead of what it was before. */
    void configured(Map<String, String> options);

    void mapped(OsdMapMessage message);
}
