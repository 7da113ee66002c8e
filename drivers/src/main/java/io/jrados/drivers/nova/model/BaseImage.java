package io.jrados.drivers.nova.model;

import java.util.List;
import java.util.Objects;

/**
 * An image that a disk is made from, as Glance describes it.
 *
 * @param id Glance's id
 * @param diskFormat {@code raw}, {@code iso}, {@code qcow2}, ...
 * @param size bytes of the image as Glance stores it
 * @param locations URIs of the places where it is, in Glance's order
 */
public record BaseImage(String id, String diskFormat, long size, List<String> locations) {
    /** Copies the list. */
    public BaseImage {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(diskFormat, "diskFormat");
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size);
        }
        locations = List.copyOf(Objects.requireNonNull(locations, "locations"));
    }
}
