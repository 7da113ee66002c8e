package io.jrados.rbd.model;

import java.time.Instant;

/**
 * A snapshot of an image.
 *
 * @param id the RADOS snapshot id
 * @param name unique in its namespace
 * @param size of the image when it was made, bytes
 * @param isProtected protected against removal, so that it can be cloned in format 1
 * @param namespace who owns it: people, groups, the trash, mirroring
 * @param timestamp when the cluster made it
 */
public record SnapshotInfo(
        long id, String name, long size, boolean isProtected, Namespace namespace, Instant timestamp) {
    /** The owner of a snapshot. */
    public enum Namespace {
        USER,
        GROUP,
        TRASH,
        MIRROR,
        /** Made by a newer release than this client knows. */
        UNKNOWN
    }
}
