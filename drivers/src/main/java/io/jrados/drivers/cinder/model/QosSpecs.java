package io.jrados.drivers.cinder.model;

import java.util.Map;
import java.util.Objects;

/**
 * The limits of a volume type's rates.
 *
 * @param consumer who enforces them
 * @param specs limits by Cinder's names: {@code total_iops_sec}, {@code read_bytes_sec_max}, ...
 */
public record QosSpecs(Consumer consumer, Map<String, String> specs) {
    /** No limits. */
    public static final QosSpecs NONE = new QosSpecs(Consumer.BACK_END, Map.of());

    /** The side that enforces limits. */
    public enum Consumer {
        FRONT_END,
        BACK_END,
        BOTH;

        /** Whether the image's own options limit it. */
        public boolean isBackEnd() {
            return this != FRONT_END;
        }
    }

    /** Copies the map. */
    public QosSpecs {
        Objects.requireNonNull(consumer, "consumer");
        specs = Map.copyOf(Objects.requireNonNull(specs, "specs"));
    }
}
