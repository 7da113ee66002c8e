package io.jrados.osd;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The callers that wait for the end of all writes that were there when they asked. Confined to the Objecter's loop. */
final class Flushes {
    private final Map<CompletableFuture<Void>, Set<Object>> waited = new LinkedHashMap<>();

    void add(List<?> writes, CompletableFuture<Void> done) {
        if (writes.isEmpty()) {
            done.complete(null);
            return;
        }
        Set<Object> open = Collections.newSetFromMap(new IdentityHashMap<>());
        open.addAll(writes);
        waited.put(done, open);
    }

    /** Makes those who wait for a write wait for its doubt too. */
    void also(Object write, Object doubt) {
        waited.values().forEach(open -> {
            if (open.contains(write)) {
                open.add(doubt);
            }
        });
    }

    /** Nobody waits any more. */
    void forget(CompletableFuture<Void> done) {
        waited.remove(done);
    }

    /** A write has ended: its future has completed, or it is in doubt no more. */
    void ended(Object op) {
        if (waited.isEmpty()) {
            return;
        }
        waited.entrySet().removeIf(entry -> {
            boolean last = entry.getValue().remove(op) && entry.getValue().isEmpty();
            if (last) {
                entry.getKey().complete(null);
            }
            return last;
        });
    }
}
