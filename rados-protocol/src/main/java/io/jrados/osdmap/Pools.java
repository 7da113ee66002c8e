package io.jrados.osdmap;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A map's pools, their names, and the profiles that erasure coded ones were made with. */
final class Pools {
    private final Map<Long, PoolInfo> byId;
    private final Map<Long, String> names;
    private final Map<String, Long> ids = new HashMap<>();
    private final Map<String, Map<String, String>> profiles;

    /**
     * Numbers in order, and the pools in theirs: found without a box for the number, which every operation would make.
     */
    private final long[] numbers;

    private final PoolInfo[] pools;

    Pools(Map<Long, PoolInfo> byId, Map<Long, String> names, Map<String, Map<String, String>> profiles) {
        this.byId = Collections.unmodifiableMap(byId);
        this.names = names;
        this.profiles = profiles;
        names.forEach((id, name) -> ids.put(name, id));
        numbers = byId.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
        pools = Arrays.stream(numbers).mapToObj(byId::get).toArray(PoolInfo[]::new);
    }

    /** The place of a pool among all, less than 0 if it is not there. */
    int indexOf(long id) {
        return Arrays.binarySearch(numbers, id);
    }

    PoolInfo at(int index) {
        return pools[index];
    }

    int count() {
        return pools.length;
    }

    Map<Long, PoolInfo> byId() {
        return byId;
    }

    Optional<PoolInfo> named(String name) {
        return Optional.ofNullable(ids.get(name)).map(byId::get);
    }

    Map<Long, String> names() {
        return names;
    }

    Map<String, Map<String, String>> profiles() {
        return profiles;
    }
}
