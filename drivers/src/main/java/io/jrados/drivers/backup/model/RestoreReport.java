package io.jrados.drivers.backup.model;

import java.util.Optional;

/**
 * The outcome of a restore.
 *
 * @param differential whether only what the backup has stored was moved, instead of the whole volume
 * @param metadata of the volume, if it was backed up
 */
public record RestoreReport(boolean differential, Optional<VolumeMetadata> metadata) {}
