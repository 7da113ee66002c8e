package io.jrados.drivers.backup.model;

/**
 * The outcome of a backup.
 *
 * @param serviceMetadata JSON for the caller to keep with the backup: it names the base image
 * @param incremental false for a full backup, also when an incremental one was asked for and the volume no longer has
 *     its parent's snapshot: the caller then forgets the parent
 * @param bytes that were moved between the volume and the backup, as a diff or as they are
 */
public record BackupReport(String serviceMetadata, boolean incremental, long bytes) {}
