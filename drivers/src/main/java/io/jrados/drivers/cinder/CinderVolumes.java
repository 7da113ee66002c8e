package io.jrados.drivers.cinder;

import io.jrados.conf.Environment;
import io.jrados.drivers.ByteSource;
import io.jrados.drivers.ChunkBuffers;
import io.jrados.drivers.ChunkPipeline;
import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.ImageReader;
import io.jrados.drivers.RbdLocation;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.BusyException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cinder's volumes on RBD. Volumes and snapshots are named by their RBD names ({@code volume-<id>},
 * {@code snapshot-<id>}). Thread-safe: each call stands for itself, blocks until it is done, and on a failure undoes
 * what it did; failures of that are suppressed in the exception.
 *
 * <p>State in the pool is what Python Cinder makes and understands: a clone hangs on the snapshot
 * {@code <clone>.clone_snap} of its source, and a source that is deleted before its clones lives on as
 * {@code <source>.deleted} until the last of them goes.
 */
public final class CinderVolumes {
    private static final Logger LOG = LoggerFactory.getLogger(CinderVolumes.class);
    private static final String CLONE_SNAPSHOT = ".clone_snap";
    private static final String DELETED = ".deleted";
    private static final Predicate<String> BACKUP_SNAPSHOT =
            Pattern.compile("backup\\.[a-z0-9-]+?\\.snap\\..+").asMatchPredicate();
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final int COPY_CHUNK = 8 << 20;

    private final Rados rados;
    private final CinderOptions options;
    private final ChunkBuffers buffers;

    /**
     * @param rados stays the caller's, who closes it after the last call
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION}
     */
    public CinderVolumes(Rados rados, CinderOptions options) throws DriverException {
        options.check();
        this.rados = rados;
        this.options = options;
        this.buffers = new ChunkBuffers(COPY_CHUNK, 2 * options.writesInFlight() + 1);
    }

    /**
     * Makes an empty volume.
     *
     * @param size GiB
     * @throws AlreadyExistsException the volume there is untouched
     * @throws BusyException somebody else is creating a volume of that name, or died doing so less than a watch's
     *     lifetime (osd_client_watch_timeout, 30 s) ago
     */
    public void create(String volume, int size) throws RadosException {
        rbd().create(volume, bytes(size), newVolume());
    }

    /**
     * Makes a volume as a clone of an image in this cluster.
     *
     * @param locations where the image is; the first that can be cloned is taken
     * @param diskFormat of the image: only {@code raw} can be cloned
     * @param size GiB
     * @return false if no location can be cloned: nothing was made, copy the image instead
     * @throws DriverException {@link Kind#IMAGE_UNACCEPTABLE} when the image is larger than the volume
     */
    public boolean createFromImage(List<String> locations, String diskFormat, String volume, int size)
            throws RadosException {
        if (!diskFormat.equals("raw")) {
            LOG.debug("image of format {} cannot be cloned into {}", diskFormat, volume);
            return false;
        }
        for (String uri : locations) {
            Optional<ImageInfo> image = cloneable(uri);
            if (image.isPresent()) {
                cloneImage(RbdLocation.parse(uri), image.get(), volume, size);
                return true;
            }
        }
        return false;
    }

    private Optional<ImageInfo> cloneable(String uri) {
        try {
            RbdLocation location = RbdLocation.parse(uri);
            if (!location.isComplete() || !location.fsid().equals(rados.fsid().toString())) {
                LOG.debug("{} is not in cluster {}: it cannot be cloned", uri, rados.fsid());
                return Optional.empty();
            }
            try (Image image =
                    Rbd.on(rados.pool(location.pool())).openSnapshot(location.image(), location.snapshot())) {
                return Optional.of(image.info());
            }
        } catch (RadosException failed) {
            LOG.debug("{} cannot be cloned: {}", uri, failed.getMessage());
            return Optional.empty();
        }
    }

    private void cloneImage(RbdLocation location, ImageInfo image, String volume, int size) throws RadosException {
        if (image.size() > bytes(size)) {
            throw new DriverException(
                    Kind.IMAGE_UNACCEPTABLE,
                    "cloning " + location + " of " + image.size() + " bytes into volume " + volume + " of " + size
                            + " GiB");
        }
        cloneSnapshot(new ImageSpec(location.pool(), "", location.image(), location.snapshot()), image, volume, size);
    }

    /** Clones, flattens and grows as asked; whatever fails, no volume is left. */
    private void cloneSnapshot(ImageSpec source, ImageInfo info, String volume, int size) throws RadosException {
        Rbd rbd = rbd();
        rbd.clone(source, volume, newClone().withOrder(cloneOrder(info)));
        Cleanup undo = new Cleanup();
        undo.add(() -> rbd.remove(volume, Progress.NONE));
        try {
            resizeIfLarger(rbd, volume, size);
        } catch (RadosException | RuntimeException failed) {
            undo.run(failed);
            throw failed;
        }
    }

    /** Since Pacific a clone's stripe unit must not be under its parent's. */
    private int cloneOrder(ImageInfo parent) {
        return Math.max(order(), 63 - Long.numberOfLeadingZeros(parent.stripeUnit()));
    }

    private static void resizeIfLarger(Rbd rbd, String volume, int size) throws RadosException {
        try (Image image = rbd.open(volume)) {
            if (bytes(size) > image.size()) {
                image.resize(bytes(size), Progress.NONE);
            }
        }
    }

    /**
     * Makes a volume from a snapshot of another.
     *
     * @param size GiB, at least the snapshot's
     */
    public void createFromSnapshot(String source, String snapshot, String volume, int size) throws RadosException {
        ImageInfo info;
        try (Image image = rbd().openSnapshot(source, snapshot)) {
            info = image.info();
        }
        refuseShrinking(source + "@" + snapshot, info.size(), volume, size);
        Rbd rbd = rbd();
        cloneSnapshot(new ImageSpec(options.pool(), "", source, snapshot), info, volume, size);
        if (options.flattenVolumeFromSnapshot()) {
            Cleanup undo = new Cleanup();
            undo.add(() -> rbd.remove(volume, Progress.NONE));
            try {
                flatten(rbd, volume);
            } catch (RadosException | RuntimeException failed) {
                undo.run(failed);
                throw failed;
            }
        }
    }

    private static void refuseShrinking(String source, long sourceSize, String volume, int size)
            throws DriverException {
        if (sourceSize > bytes(size)) {
            throw new DriverException(
                    Kind.INVALID,
                    "making volume " + volume + " of " + size + " GiB from " + source + " of " + sourceSize + " bytes");
        }
    }

    private static void flatten(Rbd rbd, String volume) throws RadosException {
        try (Image image = rbd.open(volume)) {
            image.flatten(Progress.NONE);
        }
    }

    /**
     * Makes a volume from another: a clone while the chain of clones is short enough, else a flattened one, or a full
     * copy when clones are switched off.
     *
     * @param size GiB, at least the source's
     * @throws DriverException {@link Kind#BACKEND}: neither the volume nor the snapshot on the source was kept
     */
    public void createClone(String source, String volume, int size) throws IOException {
        Rbd rbd = rbd();
        try (Image image = options.maxCloneDepth() <= 0 ? rbd.openReadOnly(source) : rbd.open(source)) {
            refuseShrinking(source, image.size(), volume, size);
            if (options.maxCloneDepth() <= 0) {
                copy(rbd, source, volume, size);
            } else {
                cloneVolume(rbd, image, volume, size);
            }
        }
    }

    private void cloneVolume(Rbd rbd, Image source, String volume, int size) throws RadosException {
        String snapshot = volume + CLONE_SNAPSHOT;
        Cleanup undo = new Cleanup();
        try {
            source.createSnapshot(snapshot);
            undo.add(() -> source.removeSnapshot(snapshot));
            source.protectSnapshot(snapshot);
            undo.add(() -> source.unprotectSnapshot(snapshot));
            rbd.clone(new ImageSpec(options.pool(), "", source.name(), snapshot), volume, newClone());
            undo.add(() -> rbd.remove(volume, Progress.NONE));
            int depth = depth(source);
            if (depth >= options.maxCloneDepth()) {
                LOG.info("{} has {} cloned ancestors: {} is flattened", source.name(), depth, volume);
                flatten(rbd, volume);
                source.unprotectSnapshot(snapshot);
                source.removeSnapshot(snapshot);
            }
            resizeIfLarger(rbd, volume, size);
        } catch (RadosException failed) {
            undo.run(failed);
            throw failed instanceof DriverException
                    ? failed
                    : new DriverException(Kind.BACKEND, "cloning volume " + source.name() + " to " + volume, failed);
        } catch (RuntimeException | Error failed) {
            undo.run(failed);
            throw failed;
        }
    }

    /**
     * Returns the number of ancestors that a volume was cloned from, volume by volume: snapshots and images do not
     * count.
     */
    private int depth(Image volume) throws RadosException {
        int depth = 0;
        String name = volume.name();
        Optional<ImageSpec> parent = volume.info().parent();
        while (parent.isPresent() && isClonedFrom(parent.get(), name)) {
            depth++;
            name = parent.get().image();
            Pool pool = rados.pool(parent.get().pool()).inNamespace(parent.get().namespace());
            try (Image image = Rbd.on(pool).openSnapshot(name, parent.get().snapshot())) {
                parent = image.info().parent();
            }
        }
        return depth;
    }

    private static boolean isClonedFrom(ImageSpec parent, String child) {
        String alive = child.endsWith(DELETED) ? child.substring(0, child.length() - DELETED.length()) : child;
        return parent.snapshot().equals(alive + CLONE_SNAPSHOT);
    }

    private void copy(Rbd rbd, String source, String volume, int size) throws IOException {
        rbd.create(volume, bytes(size), newVolume());
        Cleanup undo = new Cleanup();
        undo.add(() -> rbd.remove(volume, Progress.NONE));
        try (ImageReader from =
                        new ImageReader(rbd.openReadOnly(source), buffers, COPY_CHUNK, options.writesInFlight());
                Image to = rbd.open(volume);
                ChunkPipeline pipeline = new ChunkPipeline(to, buffers, options.writesInFlight(), true)) {
            pipeline.copy(ByteSource.of(from), end -> {}, (chunk, end) -> ChunkPipeline.NO_USE);
        } catch (RadosException failed) {
            undo.run(failed);
            throw Cleanup.ofCall(failed, "copying volume " + source + " to " + volume);
        } catch (IOException | RuntimeException | Error failed) {
            undo.run(failed);
            throw failed;
        }
    }

    /** Snapshots a volume and protects the snapshot. */
    public void createSnapshot(String volume, String snapshot) throws RadosException {
        try (Image image = rbd().open(volume)) {
            image.createSnapshot(snapshot);
            Cleanup undo = new Cleanup();
            undo.add(() -> image.removeSnapshot(snapshot));
            try {
                image.protectSnapshot(snapshot);
            } catch (RadosException | RuntimeException failed) {
                undo.run(failed);
                throw failed;
            }
        }
    }

    /**
     * Deletes a snapshot; one that is not there, or whose volume is not, is a success.
     *
     * @throws BusyException while clones of format 1 hang on it, which stays protected
     */
    public void deleteSnapshot(String volume, String snapshot) throws RadosException {
        try (Image image = rbd().open(volume)) {
            removeSnapshot(image, snapshot);
        } catch (NotFoundException gone) {
            LOG.info("snapshot {}@{} is gone already", volume, snapshot);
        }
    }

    private static void removeSnapshot(Image image, String snapshot) throws RadosException {
        if (image.isSnapshotProtected(snapshot)) {
            image.unprotectSnapshot(snapshot);
        }
        image.removeSnapshot(snapshot);
    }

    /**
     * Deletes a volume; one that is not there is a success. A volume that others were cloned from is renamed to
     * {@code <volume>.deleted} and goes with the last of them.
     *
     * @throws DriverException {@link Kind#VOLUME_IS_BUSY} with snapshots of people, or when somebody had it open for
     *     the whole of the busy budget
     */
    public void delete(String volume) throws RadosException {
        Rbd rbd = rbd();
        boolean hasClones;
        Optional<ImageSpec> parent;
        try (Image image = rbd.open(volume)) {
            hasClones = prepareDelete(image);
            parent = image.info().parent();
        } catch (NotFoundException gone) {
            // What is left of a volume whose creation or deletion died has a name, but cannot be opened.
            removeWithin(rbd, volume);
            return;
        }
        if (hasClones) {
            rbd.rename(volume, volume + DELETED);
            return;
        }
        removeWithin(rbd, volume);
        if (parent.isPresent() && isClonedFrom(parent.get(), volume)) {
            releaseParent(parent.get());
        }
    }

    /** Removes snapshots of backups. True when clones hang on the volume; refuses other snapshots. */
    private static boolean prepareDelete(Image image) throws RadosException {
        boolean hasClones = false;
        String other = "";
        for (SnapshotInfo snapshot : image.snapshots()) {
            if (snapshot.namespace() == Namespace.USER) {
                if (BACKUP_SNAPSHOT.test(snapshot.name())) {
                    removeSnapshot(image, snapshot.name());
                } else if (snapshot.name().endsWith(CLONE_SNAPSHOT)) {
                    hasClones = true;
                } else {
                    other = snapshot.name();
                }
            }
        }
        if (!hasClones && !other.isEmpty()) {
            throw new DriverException(
                    Kind.VOLUME_IS_BUSY, "deleting volume " + image.name() + ", which has the snapshot " + other);
        }
        return hasClones;
    }

    private void removeWithin(Rbd rbd, String volume) throws RadosException {
        Environment environment = Environment.system();
        long end = environment.nanoTime() + options.busyBudget().toNanos();
        for (long pause = FIRST_PAUSE.toNanos(); ; pause *= 2) {
            try {
                rbd.remove(volume, Progress.NONE);
                return;
            } catch (NotFoundException gone) {
                LOG.info("volume {} is gone already", volume);
                return;
            } catch (BusyException busy) {
                long left = end - environment.nanoTime();
                if (left <= 0) {
                    throw new DriverException(
                            Kind.VOLUME_IS_BUSY,
                            "deleting volume " + volume + " for "
                                    + options.busyBudget().toSeconds()
                                    + " s; a client that died is forgotten after 30 s",
                            busy);
                }
                LOG.warn("volume {} is in use, trying again: {}", volume, busy.getMessage());
                Wait.on(new CompletableFuture<Void>()
                        .completeOnTimeout(null, Math.min(pause, left), TimeUnit.NANOSECONDS));
            }
        }
    }

    /** The snapshot that a deleted clone hung on goes, and with the last of them a source that was deleted before. */
    private void releaseParent(ImageSpec snapshot) throws RadosException {
        Optional<ImageSpec> next = Optional.of(snapshot);
        while (next.isPresent()) {
            ImageSpec clonedFrom = next.get();
            next = Optional.empty();
            Pool pool = rados.pool(clonedFrom.pool()).inNamespace(clonedFrom.namespace());
            Rbd rbd = Rbd.on(pool.withFullTry());
            boolean unused;
            Optional<ImageSpec> grandparent;
            try (Image parent = rbd.open(clonedFrom.image())) {
                grandparent = parent.info().parent();
                removeSnapshot(parent, clonedFrom.snapshot());
                unused = clonedFrom.image().endsWith(DELETED)
                        && parent.snapshots().stream().noneMatch(each -> each.namespace() == Namespace.USER);
            } catch (NotFoundException gone) {
                LOG.info("{} is gone already", clonedFrom);
                return;
            } catch (BusyException busy) {
                LOG.warn("{} is in use and stays: {}", clonedFrom, busy.getMessage());
                return;
            }
            if (unused) {
                removeWithin(rbd, clonedFrom.image());
                next = grandparent.filter(each -> isClonedFrom(each, clonedFrom.image()));
            }
        }
    }

    private ImageOptions newVolume() {
        return newClone().withOrder(order());
    }

    /** With its parent's object size. */
    private ImageOptions newClone() {
        return ImageOptions.DEFAULT.withFeatures(options.features());
    }

    private int order() {
        return 63 - Long.numberOfLeadingZeros((long) options.chunkSize() << 20);
    }

    private static long bytes(int gibibytes) {
        return (long) gibibytes << 30;
    }

    private Rbd rbd() throws RadosException {
        try {
            return Rbd.on(rados.pool(options.pool()).withFullTry());
        } catch (NotFoundException missing) {
            throw new DriverException(Kind.BACKEND, "opening pool " + options.pool(), missing);
        }
    }
}
