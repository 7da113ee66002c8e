package io.jrados.rbd.model;

import java.time.Instant;

/**
 * An image without a name (rbd_trash_image_info_t, src/include/rbd/librbd.h). Made by this library alone, and may get
 * more properties.
 */
public interface TrashEntry {
    /** The id, by which it is restored or deleted. */
    String id();

    /** The name that it had. */
    String name();

    /** The reason why it is there. */
    Source source();

    /** The time at which it was moved there, by the clock of who did. */
    Instant deleted();

    /** The time until which it is not deleted unless by force. */
    Instant defermentEnd();

    /** The reasons why images are there. */
    enum Source {
        USER,
        MIRRORING,
        MIGRATION,
        /** On its way to being deleted. */
        REMOVING,
        /** A deleted image whose clones still need it. */
        USER_PARENT,
        /** A source of a newer release than this client knows. */
        UNKNOWN
    }
}
