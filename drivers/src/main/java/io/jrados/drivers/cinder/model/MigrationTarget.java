package io.jrados.drivers.cinder.model;

import java.util.Objects;
import java.util.Optional;

/**
 * The capabilities that a backend reports, as far as a migration asks for them.
 *
 * @param storageProtocol {@code ceph} for this driver
 * @param locationInfo {@code <cluster>:<conf>:<fsid>:<user>:<pool>}
 */
public record MigrationTarget(String storageProtocol, Optional<String> locationInfo) {
    /** Refuses nulls. */
    public MigrationTarget {
        Objects.requireNonNull(storageProtocol, "storageProtocol");
        Objects.requireNonNull(locationInfo, "locationInfo");
    }
}
