package io.jrados.rados;

import io.jrados.message.StatFsReply;

/**
 * The room in a cluster, counted with all copies.
 *
 * @param totalKib of all stores, in KiB
 * @param usedKib taken, in KiB
 * @param availableKib free, in KiB
 * @param objects in all pools
 */
public record ClusterStats(long totalKib, long usedKib, long availableKib, long objects) {
    static ClusterStats of(StatFsReply reply) {
        return new ClusterStats(reply.total(), reply.used(), reply.available(), reply.objects());
    }
}
