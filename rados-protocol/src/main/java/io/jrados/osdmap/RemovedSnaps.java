package io.jrados.osdmap;

import io.jrados.wire.Decoder;
import java.util.LinkedHashMap;
import java.util.Map;

/** Snapshots on their way out, by pool: those that this epoch began to remove, and all that are not purged yet. */
record RemovedSnaps(Map<Long, SnapIntervals> now, Map<Long, SnapIntervals> queue) {

    static Map<Long, SnapIntervals> intervals(Decoder in) {
        return in.map(12, Decoder::i64, SnapIntervals::decode);
    }

    RemovedSnaps next(Map<Long, SnapIntervals> removed, Map<Long, SnapIntervals> purged) {
        Map<Long, SnapIntervals> queued = new LinkedHashMap<>(queue);
        removed.forEach((pool, snaps) -> queued.merge(pool, snaps, SnapIntervals::plus));
        purged.forEach((pool, snaps) -> queued.computeIfPresent(pool, (same, before) -> {
            SnapIntervals rest = before.minus(snaps);
            return rest.isEmpty() ? null : rest;
        }));
        return new RemovedSnaps(removed, queued);
    }
}
