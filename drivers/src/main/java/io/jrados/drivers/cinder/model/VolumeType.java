package io.jrados.drivers.cinder.model;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The type of a volume.
 *
 * @param extraSpecs {@code multiattach} and {@code replication_enabled} equal to {@code <is> True} mean something here
 * @param encrypted whether the type has an encryption
 */
public record VolumeType(Map<String, String> extraSpecs, QosSpecs qos, boolean encrypted) {
    /** No type. */
    public static final VolumeType NONE = new VolumeType(Map.of(), QosSpecs.NONE, false);

    private static final String YES = "<is> True";

    /** Copies the map. */
    public VolumeType {
        extraSpecs = Map.copyOf(Objects.requireNonNull(extraSpecs, "extraSpecs"));
        Objects.requireNonNull(qos, "qos");
    }

    /** A type that only limits rates. */
    public static VolumeType of(QosSpecs qos) {
        return new VolumeType(Map.of(), qos, false);
    }

    /** A type whose volumes several machines may write. */
    public static VolumeType multiattach() {
        return new VolumeType(Map.of("multiattach", YES), QosSpecs.NONE, false);
    }

    public VolumeType withExtraSpec(String key, String value) {
        Map<String, String> more = new HashMap<>(extraSpecs);
        more.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
        return new VolumeType(more, qos, encrypted);
    }

    public VolumeType withQos(QosSpecs qos) {
        return new VolumeType(extraSpecs, qos, encrypted);
    }

    public boolean isMultiattach() {
        return YES.equals(extraSpecs.get("multiattach"));
    }

    public boolean isReplicated() {
        return YES.equals(extraSpecs.get("replication_enabled"));
    }
}
