package io.jrados.rbd;

import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.ConfigOption;
import io.jrados.rbd.model.DiskUsage;
import io.jrados.rbd.model.DiskUsageOptions;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.PoolStatistics;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SummaryOptions;
import io.jrados.rbd.model.TrashEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The images of one pool and namespace. {@link AsyncRbd} has the asynchronous form of each call.
 *
 * <pre>{@code
 * Rbd rbd = Rbd.on(rados.pool("rbd"));
 * rbd.create("disk", 10L << 30, ImageOptions.DEFAULT);
 * try (Image image = rbd.open("disk")) {
 *     image.createSnapshot("empty");
 * }
 * rbd.clone(ImageSpec.of("rbd", "disk").at("empty"), "child", ImageOptions.DEFAULT);
 * }</pre>
 */
public non-sealed interface Rbd extends AsyncRbd {
    static Rbd on(Pool pool) {
        return new RbdPool(Objects.requireNonNull(pool, "pool"));
    }

    /** The version of this library, as it was built: "1.2.3", or with "-SNAPSHOT". */
    static String version() {
        return Version.text();
    }

    Pool pool();

    /** Image names in order. */
    List<String> list() throws RadosException;

    /**
     * The ids of the images by their names, in order of names. Images of format 1 have none, and are missing; so are
     * those whose removal was interrupted.
     */
    Map<String, String> ids() throws RadosException;

    boolean exists(String name) throws RadosException;

    /**
     * Makes an image and returns its id.
     *
     * @throws RadosException EEXIST if the name is taken; EBUSY if somebody is creating an image of that name or died
     *     doing so: it is free when that is still so a watch's lifetime (osd_client_watch_timeout, 30 s) after this
     *     client has seen it first
     */
    String create(String name, long size, ImageOptions options) throws RadosException;

    /** Opens the head for reading and writing. */
    Image open(String name) throws RadosException;

    /** Opens the head read-only: no watch is taken. */
    Image openReadOnly(String name) throws RadosException;

    /**
     * Opens a snapshot, read-only, and watches its image if the user may ({@code profile rbd-read-only} may not). When
     * the snapshot is removed, reads fail with ENOENT, those that were under way too if they would show other bytes
     * than it had.
     */
    Image openSnapshot(String name, String snapshot) throws RadosException;

    /** Opens a snapshot of any namespace, read-only, as {@link #openSnapshot(String, String)}. */
    Image openSnapshot(String name, long snapId) throws RadosException;

    /** Opens by id, also an image in the trash. */
    Image openById(String id) throws RadosException;

    /** Opens by id, read-only: no watch is taken. */
    Image openByIdReadOnly(String id) throws RadosException;

    /** Opens a snapshot of any namespace by ids, read-only, as {@link #openSnapshot(String, String)}. */
    Image openSnapshotById(String id, long snapId) throws RadosException;

    /**
     * Makes a copy-on-write child of a snapshot.
     *
     * @param parent with a snapshot; in any pool of the cluster
     * @return the child's id
     */
    String clone(ImageSpec parent, String child, ImageOptions options) throws RadosException;

    /**
     * Makes a copy-on-write child of a snapshot of any namespace but the trash.
     *
     * @param parent without a snapshot
     * @return the child's id
     */
    String clone(ImageSpec parent, long snapId, String child, ImageOptions options) throws RadosException;

    /** Renames it, or has the owner of its lock do so. ENOENT for the name, EEXIST for the new one. */
    void rename(String name, String newName) throws RadosException;

    /**
     * Moves an image to the pool's trash: its name is free, its content and its clones stay until the trash is purged.
     * Works with snapshots and children. EMLINK while it is in a group.
     *
     * @param delay how long the trash refuses to delete it
     */
    void moveToTrash(String name, Duration delay) throws RadosException;

    /**
     * Deletes an image.
     *
     * @throws RadosException ENOENT for the name; ENOTEMPTY while it has snapshots; EBUSY while somebody else has it
     *     open, or is creating it or died creating it, as {@link #create} says
     */
    void remove(String name, Progress progress) throws RadosException;

    /** Lists the trash, in order of ids. */
    List<TrashEntry> trash() throws RadosException;

    /** ENOENT for the id. */
    TrashEntry trashEntry(String id) throws RadosException;

    /** Gives an image that is in the trash the name again that it had; EEXIST if that is taken by now. */
    void restoreFromTrash(String id) throws RadosException;

    /** Gives an image that is in the trash another name. */
    void restoreFromTrash(String id, String newName) throws RadosException;

    /**
     * Deletes an image that is in the trash.
     *
     * @param force also before its deferment has ended, instead of EPERM
     */
    void removeFromTrash(String id, boolean force, Progress progress) throws RadosException;

    /**
     * Deletes from the trash what people moved there.
     *
     * @param before those whose deferment has ended by then
     * @param progress in images
     */
    void purgeTrash(Instant before, Progress progress) throws RadosException;

    /**
     * Deletes from the trash as much as makes its pools less full, and all whose deferment has ended, as
     * {@code rbd trash purge --threshold} does: of each pool that is fuller than the threshold, images whose deferment
     * ends first, until they take what is too much. Nothing is deleted where no pool is too full. The cluster tells how
     * full pools are some seconds late, and nothing without a manager.
     *
     * @param threshold share of a pool's room that may be taken, 0 to 1
     * @param progress in images
     * @throws RadosException ENOTEMPTY, EBUSY or EMLINK for what could not be deleted, when all else is
     */
    void purgeTrash(double threshold, Progress progress) throws RadosException;

    /**
     * Adds up the room that an image takes, as {@code rbd du} does: a row for each of the user's snapshots, oldest
     * first, and one for the head, each with what differs from the row before it. Object maps, where they are kept and
     * valid, are all that is read for that. No row is there for snapshots that other owners made; what they differ in
     * is in the row behind.
     *
     * @param progress in bytes of all rows together
     * @throws RadosException ENOENT without that image or a named snapshot, or once a snapshot is removed on the way,
     *     EINVAL if the snapshot where it begins is the newer, ECANCELED
     */
    List<DiskUsage> diskUsage(String name, DiskUsageOptions options, Progress progress) throws RadosException;

    /**
     * Describes all images, in order of names, without opening one: several are asked about at a time, with four
     * operations for each at most (one more for each 1,024 snapshots beyond the first), and without a watch. The names
     * of clones' parents come from the directory and the trash of each pool that has some, read once. A failure is that
     * of one image and told of as such. Images of format 1 and those in the trash are left out.
     *
     * @param progress in images
     * @param each called one after the other on this thread; while it runs no more images are asked about than the
     *     options say
     * @throws RadosException for what concerns no single image; ECANCELED
     */
    void describeImages(SummaryOptions options, Progress progress, Consumer<ImageSummary> each) throws RadosException;

    /** The pool's namespaces, in order. */
    List<String> namespaces() throws RadosException;

    boolean namespaceExists(String namespace) throws RadosException;

    /** EEXIST. */
    void createNamespace(String namespace) throws RadosException;

    /** EBUSY while it holds an image, also one in the trash. */
    void removeNamespace(String namespace) throws RadosException;

    /**
     * Prepares the pool for images: names the application, checks that images can lie there.
     *
     * @param force also when it is another application's, instead of EPERM
     */
    void initializePool(boolean force) throws RadosException;

    /** Counts the images, also in the trash, and sums their sizes. Reads the header of each. */
    PoolStatistics statistics() throws RadosException;

    /** The pool's keys and values. */
    Map<String, byte[]> metadata() throws RadosException;

    /** Returns the value of one of the pool's keys. ENOENT for an unknown key. */
    byte[] metadata(String key) throws RadosException;

    void setMetadata(String key, byte[] value) throws RadosException;

    /** ENOENT for an unknown key. */
    void removeMetadata(String key) throws RadosException;

    /** Options in force for this pool that can be set for one, in order of names. */
    List<ConfigOption> config() throws RadosException;

    /** Returns one of the {@link #config()}. EINVAL for an option that cannot be set for a pool. */
    ConfigOption config(String option) throws RadosException;

    /** Overrides an option for all images of the pool. EINVAL for one that cannot be. */
    void setConfig(String option, String value) throws RadosException;

    /** ENOENT when it is not overridden. */
    void removeConfig(String option) throws RadosException;

    /**
     * Waits until the verbs that were asked of this client before have ended, of all pools and images, and so has
     * whatever takes their steps back: the future of a cancelled verb is done long before. A verb that calls this does
     * not wait for itself.
     *
     * @throws RadosException ETIMEDOUT, naming a verb that goes on, at the pool's deadline
     */
    default void awaitVerbs() throws RadosException {
        Wait.on(awaitVerbsAsync());
    }
}
