package io.jrados.drivers.backup.model;

import java.util.Map;
import java.util.Objects;

/**
 * The metadata of a volume as it is kept beside its backup. Values that are not text in what others wrote are given as
 * JSON; those that are null are left out.
 *
 * @param base {@code volume-base-metadata}: columns of the volume, such as {@code display_name}
 * @param metadata {@code volume-metadata}: keys and values of its user
 * @param glance {@code volume-glance-metadata}: properties of the image that it was made from
 */
public record VolumeMetadata(Map<String, String> base, Map<String, String> metadata, Map<String, String> glance) {
    public VolumeMetadata {
        base = Map.copyOf(Objects.requireNonNull(base, "base"));
        metadata = Map.copyOf(Objects.requireNonNull(metadata, "metadata"));
        glance = Map.copyOf(Objects.requireNonNull(glance, "glance"));
    }
}
