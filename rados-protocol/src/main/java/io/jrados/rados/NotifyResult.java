package io.jrados.rados;

import java.util.List;

/**
 * The watchers that answered a notification, and those that did not.
 *
 * @param replies in the cluster's order
 * @param missed watchers that did not answer in time
 */
public record NotifyResult(List<Reply> replies, List<Watcher> missed) {
    /** One answer. */
    public record Reply(Watcher watcher, byte[] answer) {}

    /**
     * One watcher.
     *
     * @param clientId its global id
     * @param handle its watch's cookie
     */
    public record Watcher(long clientId, long handle) {}
}
