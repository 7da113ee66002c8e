package io.jrados.drivers.backup.model;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A backup as Cinder's database knows it. Cinder's caller keeps it between calls: {@link #serviceMetadata} is what
 * {@link BackupReport} said when it was made.
 *
 * @param id lower-case letters, digits and dashes
 * @param volumeId the id of the volume that was backed up, without {@code volume-}
 * @param size of that volume, GiB
 * @param container the pool; empty for the configured one
 * @param serviceMetadata JSON that names the base image; empty for backups of old releases
 * @param parent the backup that this one is the difference to; empty for a full backup
 * @param ofSnapshot whether a snapshot of the volume was backed up
 */
public record Backup(
        String id,
        String volumeId,
        int size,
        Optional<String> container,
        Optional<String> serviceMetadata,
        Optional<Backup> parent,
        boolean ofSnapshot) {
    private static final Pattern ID = Pattern.compile("[a-z0-9-]+");

    public Backup {
        if (!ID.matcher(Objects.requireNonNull(id, "id")).matches()) {
            throw new IllegalArgumentException("id: a backup called '" + id + "'");
        }
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size + " GiB");
        }
        if (Objects.requireNonNull(volumeId, "volumeId").isEmpty()) {
            throw new IllegalArgumentException("volumeId: a volume without an id");
        }
        Objects.requireNonNull(container, "container");
        Objects.requireNonNull(serviceMetadata, "serviceMetadata");
        Objects.requireNonNull(parent, "parent");
    }

    /** A full backup in the configured pool, not made yet. */
    public static Backup of(String id, String volumeId, int size) {
        return new Backup(id, volumeId, size, Optional.empty(), Optional.empty(), Optional.empty(), false);
    }

    /** As the difference to another backup. */
    public Backup since(Backup earlier) {
        Objects.requireNonNull(earlier, "earlier");
        return new Backup(id, volumeId, size, container, serviceMetadata, Optional.of(earlier), ofSnapshot);
    }

    /** Without a parent, as when it became a full backup. */
    public Backup asFull() {
        return new Backup(id, volumeId, size, container, serviceMetadata, Optional.empty(), ofSnapshot);
    }

    /** With what the report of its making said. */
    public Backup withServiceMetadata(String json) {
        Objects.requireNonNull(json, "json");
        return new Backup(id, volumeId, size, container, Optional.of(json), parent, ofSnapshot);
    }

    /** In another pool than the configured one. */
    public Backup inContainer(String pool) {
        Objects.requireNonNull(pool, "pool");
        return new Backup(id, volumeId, size, Optional.of(pool), serviceMetadata, parent, ofSnapshot);
    }

    /** As a backup of a snapshot of the volume. */
    public Backup takenOfSnapshot() {
        return new Backup(id, volumeId, size, container, serviceMetadata, parent, true);
    }
}
