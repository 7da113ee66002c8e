package io.jrados.rbd.header;

import io.jrados.conf.CephConf;

/**
 * The options of reading ahead (rbd_readahead_*, src/common/options/rbd.yaml.in). As in librbd nothing is read ahead
 * under the cache policy {@code writearound}, which is the default, or without a cache.
 *
 * @param trigger requests one behind the other after which their reader counts as sequential
 * @param maxBytes of one read ahead, at most {@link #LIMIT}; 0 for none
 * @param disableAfter bytes of all reads of an image after which it is over; 0 for never
 */
public record ReadAheadOptions(long trigger, int maxBytes, long disableAfter) {
    /** The most that one read ahead may have, bytes, whatever the configuration says. */
    static final int LIMIT = 4 << 20;

    static ReadAheadOptions of(CephConf conf) {
        boolean cached = conf.bool("rbd_cache") && !conf.get("rbd_cache_policy").equals("writearound");
        long wanted = cached ? conf.bytes("rbd_readahead_max_bytes") : 0;
        return new ReadAheadOptions(
                conf.integer("rbd_readahead_trigger_requests"),
                (int) Math.min(LIMIT, wanted),
                conf.bytes("rbd_readahead_disable_after_bytes"));
    }

    /** Whether nothing is read ahead. */
    public boolean isOff() {
        return maxBytes == 0;
    }
}
