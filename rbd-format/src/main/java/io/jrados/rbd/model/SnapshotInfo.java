package io.jrados.rbd.model;

import java.time.Instant;

/** A snapshot of an image. Made by this library alone, and may get more properties. */
public interface SnapshotInfo {
    /** The RADOS snapshot id. */
    long id();

    /** The name, which is unique in its namespace. */
    String name();

    /** Bytes of the image when it was made. */
    long size();

    /** Whether it is protected against removal, so that it can be cloned in format 1. */
    boolean isProtected();

    /** The kind of its owner: people, groups, the trash, mirroring. */
    Namespace namespace();

    /** The time at which the cluster made it. */
    Instant timestamp();

    /** The owner of a snapshot. */
    enum Namespace {
        USER,
        GROUP,
        TRASH,
        MIRROR,
        /** Made by a newer release than this client knows. */
        UNKNOWN
    }
}
