package io.jrados.drivers.cinder.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Changes of a volume's row in Cinder's database, which the caller makes.
 *
 * @param fields new values by the names of columns; an empty one is null
 */
public record ModelUpdate(Map<String, Optional<String>> fields) {
    /** No change. */
    public static final ModelUpdate NONE = new ModelUpdate(Map.of());

    /** Copies the map. */
    public ModelUpdate {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    public ModelUpdate with(String column, String value) {
        return and(new ModelUpdate(Map.of(column, Optional.of(value))));
    }

    public ModelUpdate withNull(String column) {
        return and(new ModelUpdate(Map.of(column, Optional.empty())));
    }

    /** Both; of a column that both have, the other's value. */
    public ModelUpdate and(ModelUpdate other) {
        Map<String, Optional<String>> both = new LinkedHashMap<>(fields);
        both.putAll(other.fields);
        return new ModelUpdate(both);
    }
}
