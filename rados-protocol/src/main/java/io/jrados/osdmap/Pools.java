package io.jrados.osdmap;

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

    Pools(Map<Long, PoolInfo> byId, Map<Long, String> names, Map<String, Map<String, String>> profiles) {
        this.byId = Collections.unmodifiableMap(byId);
        this.names = names;
        this.profiles = profiles;
        names.forEach((id, name) -> ids.put(name, id));
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
