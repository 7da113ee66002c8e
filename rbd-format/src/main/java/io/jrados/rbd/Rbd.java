package io.jrados.rbd;

import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import java.time.Duration;
import java.util.List;

/** The images of one pool and namespace. */
public interface Rbd {
    static Rbd on(Pool pool) {
        return new RbdPool(pool);
    }

    Pool pool();

    /** Image names in order. */
    List<String> list() throws RadosException;

    boolean exists(String name) throws RadosException;

    /** Makes an image and returns its id. EEXIST if the name is taken. */
    String create(String name, long size, ImageOptions options) throws RadosException;

    /** Opens the head for reading and writing. */
    Image open(String name) throws RadosException;

    /** Opens the head read-only: no watch is taken. */
    Image openReadOnly(String name) throws RadosException;

    /** Opens a snapshot, read-only. */
    Image openSnapshot(String name, String snapshot) throws RadosException;

    /** Opens by id. */
    Image openById(String id) throws RadosException;

    /**
     * Makes a copy-on-write child of a snapshot.
     *
     * @param parent with a snapshot; in any pool of the cluster
     * @return the child's id
     */
    String clone(ImageSpec parent, String child, ImageOptions options) throws RadosException;

    void rename(String name, String newName) throws RadosException;

    /**
     * Moves an image to the pool's trash: its name is free, its content and its clones stay until the trash is purged.
     * Works with snapshots and children. EMLINK while it is in a group.
     *
     * @param delay how long the trash refuses to delete it
     */
    void moveToTrash(String name, Duration delay) throws RadosException;

    /** Deletes an image. ENOTEMPTY while it has snapshots, EBUSY while somebody else has it open. */
    void remove(String name, Progress progress) throws RadosException;
}
