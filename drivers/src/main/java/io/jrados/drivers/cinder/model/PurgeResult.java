package io.jrados.drivers.cinder.model;

import java.util.List;
import java.util.Map;

/**
 * The outcome of purging the trash.
 *
 * @param purged names of the volumes that are gone
 * @param deferred names of those whose time has not come
 * @param failed names of those that could not be removed, with the reason; they are tried again next time
 */
public record PurgeResult(List<String> purged, List<String> deferred, Map<String, Exception> failed) {
    /** Copies all. */
    public PurgeResult {
        purged = List.copyOf(purged);
        deferred = List.copyOf(deferred);
        failed = Map.copyOf(failed);
    }
}
