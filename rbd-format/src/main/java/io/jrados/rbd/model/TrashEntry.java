package io.jrados.rbd.model;

import java.time.Instant;

/**
 * An image without a name (rbd_trash_image_info_t, src/include/rbd/librbd.h).
 *
 * @param id by which it is restored or deleted
 * @param name what it was called
 * @param deleted when it was moved there, by the clock of who did
 * @param defermentEnd until when it is not deleted unless by force
 */
public record TrashEntry(String id, String name, Source source, Instant deleted, Instant defermentEnd) {
    /** The reason why it is there. */
    public enum Source {
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
