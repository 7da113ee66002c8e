package io.jrados.osd;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Who waits for the end of all writes that were there when they asked. Confined to the Objecter's loop. */
final class Flushes {
    private final Map<CompletableFuture<Void>, Set<PendingOp<?>>> waited = new LinkedHashMap<>();

    void add(List<PendingOp<?>> writes, CompletableFuture<Void> done) {
        if (writes.isEmpty()) {
            done.complete(null);
            return;
        }
        Set<PendingOp<?>> open = Collections.newSetFromMap(new IdentityHashMap<>());
        open.addAll(writes);
        waited.put(done, open);
    }

    /** The future of a write has completed. */
    void ended(PendingOp<?> op) {
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
