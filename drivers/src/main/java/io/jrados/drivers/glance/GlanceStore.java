package io.jrados.drivers.glance;

import io.jrados.drivers.ByteSource;
import io.jrados.drivers.ChunkBuffers;
import io.jrados.drivers.ChunkPipeline;
import io.jrados.drivers.Cleanup;
import io.jrados.drivers.Digests;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.ImageReader;
import io.jrados.drivers.RbdLocation;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WatcherInfo;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Glance's image store on RBD: an image is uploaded into an RBD image of its name, whose protected snapshot
 * {@code snap} is what is downloaded and cloned. Thread-safe: each call stands for itself.
 *
 * <p>Behaves as glance_store's rbd driver, with these differences: uploads keep several chunks in flight; a failed call
 * leaves nothing behind; an image that is in use keeps its snapshot when it cannot be deleted.
 */
public final class GlanceStore {
    /** The snapshot that stands for an uploaded image. */
    public static final String SNAPSHOT = "snap";

    private static final long MAX_GROWTH = 8L << 30;

    private final Rados rados;
    private final GlanceOptions options;
    private final ChunkBuffers buffers;

    /**
     * @param rados stays the caller's, who closes it after the last call
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION}
     */
    public GlanceStore(Rados rados, GlanceOptions options) throws DriverException {
        Objects.requireNonNull(rados, "rados");
        Objects.requireNonNull(options, "options");
        options.check();
        this.rados = rados;
        this.options = options;
        this.buffers = new ChunkBuffers(options.chunkSize() << 20, 2 * options.writesInFlight() + 1);
    }

    /** As {@link #add(String, ByteSource, long, Progress)}, telling nobody how far it has got. */
    public AddedImage add(String imageId, ByteSource source, long size) throws IOException {
        Objects.requireNonNull(imageId, "imageId");
        Objects.requireNonNull(source, "source");
        return add(imageId, source, size, Progress.NONE);
    }

    /**
     * Uploads an image and makes its snapshot.
     *
     * @param imageId its name
     * @param size bytes, 0 if unknown
     * @throws BusyException somebody else is adding an image of that name, or died doing so less than a watch's
     *     lifetime (osd_client_watch_timeout, 30 s) ago
     * @throws DriverException {@link Kind#DUPLICATE}, the image there untouched; {@link Kind#INVALID} when the data is
     *     shorter or longer than declared; {@link Kind#STORAGE_FULL}; {@link Kind#BACKEND}
     * @throws IOException what the source threw. After any of these the image is gone again; a failure of that clean-up
     *     is suppressed in the exception.
     */
    public AddedImage add(String imageId, ByteSource source, long size, Progress progress) throws IOException {
        Objects.requireNonNull(imageId, "imageId");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(progress, "progress");
        String doing = "adding image " + imageId + " to pool " + options.pool();
        if (size < 0) {
            throw new DriverException(Kind.INVALID, doing + " with a size of " + size);
        }
        Digests digests = Digests.of(options.hashingAlgorithm());
        Rbd rbd = rbd(options.pool());
        create(rbd, imageId, size, doing);
        Cleanup undo = new Cleanup();
        undo.add(() -> {
            removeSnapshot(rbd, imageId, SNAPSHOT);
            rbd.remove(imageId, Progress.NONE);
        });
        try {
            Image image = rbd.open(imageId);
            undo.add(image::close);
            long written = upload(image, source, size, digests, progress, doing);
            image.createSnapshot(SNAPSHOT);
            image.protectSnapshot(SNAPSHOT);
            image.close();
            String uri = new RbdLocation(rados.fsid().toString(), options.pool(), imageId, SNAPSHOT).toString();
            return new AddedImage(uri, written, digests.md5(), digests.multihash());
        } catch (RadosException failed) {
            undo.run(failed);
            throw storageFull(failed, doing);
        } catch (IOException | RuntimeException | Error failed) {
            undo.run(failed);
            throw failed;
        }
    }

    private void create(Rbd rbd, String imageId, long size, String doing) throws RadosException {
        int order = 63 - Long.numberOfLeadingZeros((long) options.chunkSize() << 20);
        try {
            rbd.create(imageId, size, ImageOptions.LAYERING.withOrder(order).withFeatures(options.features()));
        } catch (AlreadyExistsException there) {
            throw new DriverException(Kind.DUPLICATE, doing, there);
        } catch (RadosException failed) {
            throw storageFull(failed, doing);
        }
    }

    private long upload(Image image, ByteSource source, long size, Digests digests, Progress progress, String doing)
            throws IOException {
        Growth growth = new Growth(image, size);
        ChunkPipeline.Room room = end -> {
            if (size == 0) {
                growth.upTo(end);
            } else if (end > size) {
                throw new DriverException(
                        Kind.INVALID, doing + ": the data is longer than the declared " + size + " bytes");
            }
        };
        long written;
        try (ChunkPipeline pipeline =
                new ChunkPipeline(image, buffers, options.writesInFlight(), options.thinProvisioning())) {
            written = pipeline.copy(source, room, (data, end) -> {
                progress.report(end, Math.max(size, end));
                return digests.update(data);
            });
        }
        if (size != 0 && written != size) {
            throw new DriverException(
                    Kind.INVALID, doing + ": the data ended after " + written + " of the declared " + size + " bytes");
        }
        if (size == 0 && image.size() != written) {
            image.resize(written, Progress.NONE);
        }
        return written;
    }

    /** Grows an image of unknown size in steps that double, so that a long upload resizes it a few times only. */
    private final class Growth {
        private final Image image;
        private long size;
        private long step = 2L * options.chunkSize() << 20;

        Growth(Image image, long size) {
            this.image = image;
            this.size = size;
        }

        void upTo(long end) throws RadosException {
            if (end <= size) {
                return;
            }
            size = Math.max(end, size + step);
            step = Math.min(2 * step, MAX_GROWTH);
            image.resize(size, Progress.NONE);
        }
    }

    /**
     * Opens an uploaded image for reading, at its location's snapshot, else at its head.
     *
     * @throws DriverException {@link Kind#NOT_FOUND}, {@link Kind#BAD_STORE_URI}, {@link Kind#WRONG_CLUSTER}
     */
    public ImageReader get(String uri) throws RadosException {
        Objects.requireNonNull(uri, "uri");
        return new ImageReader(open(uri), buffers, options.chunkSize() << 20, options.writesInFlight());
    }

    /** Bytes of an image at its location's snapshot, else at its head; errors as {@link #get}. */
    public long size(String uri) throws RadosException {
        Objects.requireNonNull(uri, "uri");
        try (Image image = open(uri)) {
            return image.size();
        }
    }

    private Image open(String uri) throws RadosException {
        RbdLocation location = locate(uri);
        Rbd rbd = rbd(poolOf(location));
        try {
            return location.snapshot().isEmpty()
                    ? rbd.openReadOnly(location.image())
                    : rbd.openSnapshot(location.image(), location.snapshot());
        } catch (NotFoundException missing) {
            throw new DriverException(Kind.NOT_FOUND, "opening the image at " + location, missing);
        }
    }

    /**
     * Deletes an image and its snapshot. An image whose snapshot has clones of format 2 goes to the trash, where they
     * keep it alive.
     *
     * @throws DriverException {@link Kind#NOT_FOUND}; {@link Kind#IN_USE_BY_STORE} while it has clones of format 1,
     *     somebody has it open, or somebody is adding it or died doing so less than a watch's lifetime ago: nothing was
     *     changed then
     */
    public void delete(String uri) throws RadosException {
        Objects.requireNonNull(uri, "uri");
        RbdLocation location = locate(uri);
        String doing = "deleting the image at " + location;
        Rbd rbd = rbd(poolOf(location));
        try {
            if (location.snapshot().isEmpty() || hasHeader(rbd, location, doing)) {
                remove(rbd, location.image());
            }
        } catch (NotFoundException missing) {
            throw new DriverException(Kind.NOT_FOUND, doing, missing);
        } catch (BusyException busy) {
            throw new DriverException(Kind.IN_USE_BY_STORE, doing, busy);
        }
    }

    /** Removes the snapshot. What is left of an image whose creation died has none, and goes at once: false then. */
    private static boolean hasHeader(Rbd rbd, RbdLocation location, String doing) throws RadosException {
        try {
            checkUnused(rbd, location, doing);
            removeSnapshot(rbd, location.image(), location.snapshot());
            return true;
        } catch (NotFoundException missing) {
            rbd.remove(location.image(), Progress.NONE);
            return false;
        }
    }

    /** Before the snapshot is touched: an image that cannot be deleted must keep it. */
    private static void checkUnused(Rbd rbd, RbdLocation location, String doing) throws RadosException {
        try (Image image = rbd.open(location.image())) {
            List<WatcherInfo> watchers = image.watchers();
            if (!watchers.isEmpty()) {
                throw new DriverException(
                        Kind.IN_USE_BY_STORE,
                        doing + ", which client." + watchers.get(0).clientId() + " has open at "
                                + watchers.get(0).address());
            }
        }
    }

    /** Half-finished deletes are resumed: a snapshot that is not protected, or not there, is no error. */
    private static void removeSnapshot(Rbd rbd, String imageName, String snapshotName) throws RadosException {
        try (Image image = rbd.open(imageName)) {
            for (SnapshotInfo snapshot : image.snapshots()) {
                if (snapshot.namespace() == SnapshotInfo.Namespace.USER
                        && snapshot.name().equals(snapshotName)) {
                    if (snapshot.isProtected()) {
                        image.unprotectSnapshot(snapshotName);
                    }
                    image.removeSnapshot(snapshotName);
                    return;
                }
            }
        }
    }

    private static void remove(Rbd rbd, String image) throws RadosException {
        try {
            rbd.remove(image, Progress.NONE);
        } catch (RadosException failed) {
            if (failed.errno() != Errno.ENOTEMPTY) {
                throw failed;
            }
            rbd.moveToTrash(image, Duration.ZERO);
        }
    }

    private RbdLocation locate(String uri) throws DriverException {
        RbdLocation location = RbdLocation.parse(uri);
        if (!location.fsid().isEmpty() && !location.fsid().equals(rados.fsid().toString())) {
            throw new DriverException(
                    Kind.WRONG_CLUSTER,
                    "using the location " + location + " with cluster " + rados.fsid() + ", which is another one");
        }
        return location;
    }

    private String poolOf(RbdLocation location) {
        return location.pool().isEmpty() ? options.pool() : location.pool();
    }

    private Rbd rbd(String pool) throws RadosException {
        try {
            return Rbd.on(rados.pool(pool).withFullTry());
        } catch (NotFoundException missing) {
            throw new DriverException(Kind.BACKEND, "opening pool " + pool, missing);
        }
    }

    private static RadosException storageFull(RadosException failed, String doing) {
        boolean full = failed.errno() == Errno.ENOSPC || failed.errno() == Errno.EDQUOT;
        if (!full || failed instanceof DriverException) {
            return Cleanup.ofCall(failed, doing);
        }
        DriverException storageFull = new DriverException(Kind.STORAGE_FULL, doing, failed);
        for (Throwable suppressed : failed.getSuppressed()) {
            storageFull.addSuppressed(suppressed);
        }
        return storageFull;
    }
}
