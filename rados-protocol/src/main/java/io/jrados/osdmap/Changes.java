package io.jrados.osdmap;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Copies of maps with some entries changed; the original itself when nothing changes. */
final class Changes {
    private Changes() {}

    static <K, V> Map<K, V> apply(Map<K, V> before, Map<K, V> set, Collection<K> removed) {
        if (set.isEmpty() && removed.isEmpty()) {
            return before;
        }
        Map<K, V> after = new LinkedHashMap<>(before);
        after.putAll(set);
        after.keySet().removeAll(removed);
        return after;
    }

    /** As {@link #apply}, where some values stand for removal. */
    static <K, V> Map<K, V> apply(Map<K, V> before, Map<K, V> set, Predicate<V> removes) {
        if (set.isEmpty()) {
            return before;
        }
        Map<K, V> after = new LinkedHashMap<>(before);
        set.forEach((key, value) -> {
            if (removes.test(value)) {
                after.remove(key);
            } else {
                after.put(key, value);
            }
        });
        return after;
    }
}
