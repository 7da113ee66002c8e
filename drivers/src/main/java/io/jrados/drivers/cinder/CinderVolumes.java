package io.jrados.drivers.cinder;

import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.DiskStream;
import io.jrados.drivers.DiskSource;
import io.jrados.drivers.DriverEvent;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.flow.Backend;
import io.jrados.drivers.cinder.flow.Call;
import io.jrados.drivers.cinder.flow.ChangeVolume;
import io.jrados.drivers.cinder.flow.CloneVolume;
import io.jrados.drivers.cinder.flow.ConnectVolume;
import io.jrados.drivers.cinder.flow.Connecting;
import io.jrados.drivers.cinder.flow.CopyImageToVolume;
import io.jrados.drivers.cinder.flow.CopyVolumeToImage;
import io.jrados.drivers.cinder.flow.CreateFromImage;
import io.jrados.drivers.cinder.flow.CreateFromSnapshot;
import io.jrados.drivers.cinder.flow.CreateSnapshot;
import io.jrados.drivers.cinder.flow.CreateVolume;
import io.jrados.drivers.cinder.flow.DeleteSnapshot;
import io.jrados.drivers.cinder.flow.DeleteVolume;
import io.jrados.drivers.cinder.flow.ListManageable;
import io.jrados.drivers.cinder.flow.Manage;
import io.jrados.drivers.cinder.flow.MigrateVolume;
import io.jrados.drivers.cinder.flow.PurgeTrash;
import io.jrados.drivers.cinder.flow.ReadStats;
import io.jrados.drivers.cinder.flow.ReleaseUnusedParents;
import io.jrados.drivers.cinder.flow.RetypeVolume;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.cinder.model.Connection;
import io.jrados.drivers.cinder.model.Manageable;
import io.jrados.drivers.cinder.model.MigrationTarget;
import io.jrados.drivers.cinder.model.ModelUpdate;
import io.jrados.drivers.cinder.model.Page;
import io.jrados.drivers.cinder.model.PurgeResult;
import io.jrados.drivers.cinder.model.Retyped;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.cinder.model.VolumeStats;
import io.jrados.drivers.cinder.model.VolumeType;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.BusyException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cinder's volumes on RBD. Volumes and snapshots are named by their RBD names ({@code volume-<id>},
 * {@code snapshot-<id>}). Thread-safe: each call stands for itself, blocks until it is done, and on a failure undoes
 * what it did; failures of that are suppressed in the exception.
 *
 * <pre>{@code
 * CinderVolumes volumes = new CinderVolumes(rados, CinderOptions.DEFAULT.withPool("volumes"));
 * volumes.create("volume-1", 10);
 * volumes.createSnapshot("volume-1", "snapshot-1");
 * volumes.async(executor).createCloneAsync("volume-1", Volume.of("volume-2", 20)).get();
 * volumes.delete("volume-2");
 * }</pre>
 *
 * <p>State in the pool is what Python Cinder makes and understands: a clone hangs on the snapshot
 * {@code <clone>.clone_snap} of its source, and a source that is deleted before its clones lives on as
 * {@code <source>.deleted} until the last of them goes.
 *
 * <p>Journaled and mirrored volumes are not supported: a type that asks for replication is refused.
 */
public final class CinderVolumes {
    private static final Logger LOG = LoggerFactory.getLogger(CinderVolumes.class);

    private final Backend backend;
    private final Progress progress;

    /**
     * @param rados stays the caller's, who closes it after the last call
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION}
     */
    public CinderVolumes(Rados rados, CinderOptions options) throws DriverException {
        this(rados, options, DriverEvent.Hook.NONE);
    }

    /** As {@link #CinderVolumes(Rados, CinderOptions)}, telling {@code hook} what is done to which image. */
    public CinderVolumes(Rados rados, CinderOptions options, DriverEvent.Hook hook) throws DriverException {
        this(
                new Backend(
                        Objects.requireNonNull(rados, "rados"),
                        Objects.requireNonNull(options, "options"),
                        Objects.requireNonNull(hook, "hook")),
                Progress.NONE);
    }

    private CinderVolumes(Backend backend, Progress progress) {
        this.backend = backend;
        this.progress = progress;
    }

    /**
     * Connects as the options say: cluster, user, file, time-out, attempts.
     *
     * @return a client for {@link #CinderVolumes(Rados, CinderOptions)}, which the caller closes
     * @throws DriverException {@link Kind#BACKEND} when the last attempt failed
     */
    public static Rados connect(CinderOptions options) throws RadosException {
        Objects.requireNonNull(options, "options");
        return new Connecting(options).run();
    }

    /** These volumes for one call whose progress is told, and which ends with ECANCELED once that wants it to. */
    public CinderVolumes withProgress(Progress progress) {
        return new CinderVolumes(backend, Objects.requireNonNull(progress, "progress"));
    }

    /** These volumes with calls that return at once, and run on an executor. */
    public AsyncCinderVolumes async(Executor executor) {
        Objects.requireNonNull(executor, "executor");
        return new AsyncCinderVolumes(this, progress, executor);
    }

    private Call call(String name, String volume) {
        return new Call(backend, progress, name, volume);
    }

    // ---- making volumes

    /** As {@link #create(Volume)}, of no type. */
    public void create(String volume, int size) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        create(Volume.of(volume, size));
    }

    /**
     * Makes an empty volume. An encrypted one gets 2 MiB more for the header that its user writes.
     *
     * @throws AlreadyExistsException the volume there is untouched
     * @throws BusyException somebody else is creating a volume of that name, or died doing so less than a watch's
     *     lifetime (osd_client_watch_timeout, 30 s) ago
     * @throws DriverException {@link Kind#RBD_DRIVER} for a type that contradicts itself,
     *     {@link Kind#REPLICATION_ERROR} for one with replication
     */
    public ModelUpdate create(Volume volume) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        return call("create", volume.name()).run(call -> new CreateVolume(call).run(volume));
    }

    /** As {@link #createFromImage(List, String, Volume)}, of no type. True if the volume was made. */
    public boolean createFromImage(List<String> locations, String diskFormat, String volume, int size)
            throws RadosException {
        Objects.requireNonNull(locations, "locations");
        Objects.requireNonNull(diskFormat, "diskFormat");
        Objects.requireNonNull(volume, "volume");
        return createFromImage(locations, diskFormat, Volume.of(volume, size)).isPresent();
    }

    /**
     * Makes a volume as a clone of an image in this cluster.
     *
     * @param locations where the image is; the first that can be cloned is taken
     * @param diskFormat of the image: only {@code raw} can be cloned
     * @return empty if no location can be cloned: nothing was made, copy the image instead
     * @throws DriverException {@link Kind#IMAGE_UNACCEPTABLE} when the image is larger than the volume
     */
    public Optional<ModelUpdate> createFromImage(List<String> locations, String diskFormat, Volume volume)
            throws RadosException {
        Objects.requireNonNull(locations, "locations");
        Objects.requireNonNull(diskFormat, "diskFormat");
        Objects.requireNonNull(volume, "volume");
        return call("createFromImage", volume.name())
                .run(call -> new CreateFromImage(call).run(locations, diskFormat, volume));
    }

    /** As {@link #createFromSnapshot(String, String, Volume)}, of no type. */
    public void createFromSnapshot(String source, String snapshot, String volume, int size) throws RadosException {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(volume, "volume");
        createFromSnapshot(source, snapshot, Volume.of(volume, size));
    }

    /**
     * Makes a volume from a snapshot of another; flattens it if the options say so and it is not temporary.
     *
     * @throws DriverException {@link Kind#INVALID} when it would be smaller than the snapshot
     */
    public ModelUpdate createFromSnapshot(String source, String snapshot, Volume volume) throws RadosException {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(volume, "volume");
        return call("createFromSnapshot", volume.name())
                .run(call -> new CreateFromSnapshot(call).run(source, snapshot, volume));
    }

    /** As {@link #createClone(String, Volume)}, of no type. */
    public void createClone(String source, String volume, int size) throws IOException {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(volume, "volume");
        createClone(source, Volume.of(volume, size));
    }

    /**
     * Makes a volume from another: a clone while the chain of clones is short enough, else a flattened one, or a full
     * copy when clones are switched off.
     *
     * @throws DriverException {@link Kind#BACKEND}: neither the volume nor the snapshot on the source was kept;
     *     {@link Kind#INVALID} when it would be smaller than its source
     */
    public ModelUpdate createClone(String source, Volume volume) throws IOException {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(volume, "volume");
        return call("createClone", volume.name()).run(call -> new CloneVolume(call).run(source, volume));
    }

    /**
     * Fills a volume with a disk image, raw or qcow2: the volume is replaced when the copy is whole, so that nothing of
     * its old content remains, and stays as it is when that fails.
     *
     * @param disk closed by the caller; see {@link io.jrados.disk.DiskImages#stream}
     * @throws DriverException {@link Kind#IMAGE_UNACCEPTABLE} when the disk is larger than the volume,
     *     {@link Kind#VOLUME_IS_BUSY} with snapshots, or while somebody has it open
     */
    public ModelUpdate copyImageToVolume(DiskStream disk, Volume volume) throws RadosException {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(volume, "volume");
        return copy(DiskSource.of(disk, "copying a disk image into volume " + volume.name()), volume);
    }

    /**
     * As {@link #copyImageToVolume(DiskStream, Volume)}, from an image that can be read at any place, such as a file or
     * one on a web server: several parts at once, and whatever its layout.
     *
     * @param disk closed by the caller; see {@link io.jrados.disk.DiskImages#open}
     */
    public ModelUpdate copyImageToVolume(DiskImage disk, Volume volume) throws RadosException {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(volume, "volume");
        return copy(DiskSource.of(disk, "copying a disk image into volume " + volume.name()), volume);
    }

    private ModelUpdate copy(DiskSource disk, Volume volume) throws RadosException {
        return call("copyImageToVolume", volume.name()).run(call -> new CopyImageToVolume(call).run(disk, volume));
    }

    /**
     * Writes a volume's head as a disk image.
     *
     * @param format raw or qcow2
     * @param sink a channel that blocks; left open
     * @return bytes that were written
     */
    public long copyVolumeToImage(String volume, DiskFormat format, WritableByteChannel sink) throws IOException {
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(sink, "sink");
        return call("copyVolumeToImage", volume).run(call -> new CopyVolumeToImage(call).run(volume, format, sink));
    }

    // ---- snapshots

    /** Snapshots a volume and protects the snapshot. */
    public void createSnapshot(String volume, String snapshot) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(snapshot, "snapshot");
        call("createSnapshot", volume + "@" + snapshot).<Void, RadosException>run(call -> {
            new CreateSnapshot(call).run(volume, snapshot);
            return null;
        });
    }

    /**
     * Deletes a snapshot; one that is not there, or whose volume is not, is a success. Clones of format 1 are flattened
     * if the policy says so; clones of format 2 keep what they need of it.
     *
     * @throws DriverException {@link Kind#SNAPSHOT_IS_BUSY} while clones hang on it, which stays protected
     */
    public void deleteSnapshot(String volume, String snapshot) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(snapshot, "snapshot");
        call("deleteSnapshot", volume + "@" + snapshot).<Void, RadosException>run(call -> {
            new DeleteSnapshot(call).run(volume, snapshot);
            return null;
        });
    }

    /** Makes a detached volume what it was at a snapshot, in content and size. */
    public void revertToSnapshot(String volume, String snapshot) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(snapshot, "snapshot");
        call("revertToSnapshot", volume + "@" + snapshot).<Void, RadosException>run(call -> {
            new ChangeVolume(call).revert(volume, snapshot);
            return null;
        });
    }

    // ---- changing and deleting volumes

    /**
     * Enlarges a volume, also one that is attached.
     *
     * @param size GiB
     * @throws IllegalArgumentException below 1 GiB
     * @throws DriverException {@link Kind#INVALID} below its size, {@link Kind#BACKEND} for all else
     */
    public void extend(String volume, int size) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        if (size < 1) {
            throw new IllegalArgumentException("size: " + size + " GiB");
        }
        call("extend", volume).<Void, RadosException>run(call -> {
            new ChangeVolume(call).extend(volume, size);
            return null;
        });
    }

    /**
     * Gives a volume another type.
     *
     * @param volume with the type that it has
     * @param sameHost whether it stays on this host
     */
    public Retyped retype(Volume volume, VolumeType type, boolean sameHost) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(type, "type");
        return call("retype", volume.name()).run(call -> new RetypeVolume(call).run(volume, type, sameHost));
    }

    /**
     * Deletes a volume; one that is not there is a success. A volume that others were cloned from is renamed to
     * {@code <volume>.deleted} and goes with the last of them. With other snapshots, or clones of removed ones, it goes
     * to the trash, or is refused, as the policy says. With deferred deletion it goes to the trash in any case.
     *
     * @throws DriverException {@link Kind#VOLUME_IS_BUSY} when the policy is strict and it has snapshots, or when
     *     somebody had it open for the whole of the busy budget
     */
    public void delete(String volume) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        call("delete", volume).<Void, RadosException>run(call -> {
            new DeleteVolume(call).run(volume);
            return null;
        });
    }

    /** Removes the volumes in the trash whose time has come, with what they hung on. Other entries stay. */
    public PurgeResult purge() throws RadosException {
        return call("purge", "").run(call -> new PurgeTrash(call).run());
    }

    /**
     * Purges the trash again and again, as often as the options say, until the returned future is cancelled. Failures
     * are logged, and do not end it.
     *
     * @param executor stays the caller's; a purge blocks one of its threads
     */
    public ScheduledFuture<?> purgeRepeatedly(ScheduledExecutorService executor) {
        Objects.requireNonNull(executor, "executor");
        long pause = backend.options().purgeInterval().toMillis();
        return executor.scheduleWithFixedDelay(this::purgeQuietly, pause, pause, TimeUnit.MILLISECONDS);
    }

    private void purgeQuietly() {
        try {
            purge();
        } catch (RadosException | RuntimeException failed) {
            LOG.error(
                    "the trash of pool {} is purged again later",
                    backend.options().pool(),
                    failed);
        }
    }

    /**
     * Removes sources that were set aside for clones and were left behind.
     *
     * @param age of a clone's snapshot without a clone before it counts as left behind; cloning takes seconds
     * @return their names
     */
    public List<String> releaseUnusedParents(Duration age) throws RadosException {
        Objects.requireNonNull(age, "age");
        return call("releaseUnusedParents", "").run(call -> new ReleaseUnusedParents(call, age).run());
    }

    // ---- moving volumes

    /**
     * Moves a volume to another pool of this cluster. Its snapshots do not move with it.
     *
     * @param status of the volume in Cinder's database
     * @return false if it is not for this driver: nothing was done, and the volume must be copied
     * @throws DriverException {@link Kind#VOLUME_MIGRATION_FAILED} when the copy is whole and the source could not be
     *     deleted
     */
    public boolean migrate(Volume volume, String status, MigrationTarget target) throws IOException {
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(target, "target");
        return call("migrate", volume.name()).run(call -> new MigrateVolume(call).run(volume, status, target));
    }

    /**
     * Gives the volume that replaces another the other's name.
     *
     * @return under which name it is known, when it cannot have that
     */
    public ModelUpdate updateMigratedVolume(String original, Volume replacement, boolean inUse) throws RadosException {
        Objects.requireNonNull(original, "original");
        Objects.requireNonNull(replacement, "replacement");
        return call("updateMigratedVolume", original)
                .run(call -> new MigrateVolume(call).rename(original, replacement, inUse));
    }

    // ---- images and snapshots that others made

    /**
     * Returns the size of an image that is to be managed, in GiB, rounded up.
     *
     * @throws DriverException {@link Kind#MANAGE_INVALID_REFERENCE}
     */
    public long manageGetSize(String source) throws RadosException {
        Objects.requireNonNull(source, "source");
        return call("manageGetSize", source).run(call -> new Manage(call).size(source));
    }

    /**
     * Makes an image a volume, by renaming it.
     *
     * @throws DriverException {@link Kind#MANAGE_INVALID_REFERENCE} without that image,
     *     {@link Kind#MANAGE_TYPE_MISMATCH} for a type that contradicts itself
     */
    public ModelUpdate manage(String source, Volume volume) throws RadosException {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(volume, "volume");
        return call("manage", volume.name()).run(call -> new Manage(call).volume(source, volume));
    }

    /** Forgets a volume: its image stays as it is. */
    public void unmanage(String volume) {
        Objects.requireNonNull(volume, "volume");
        call("unmanage", volume).<Void, RuntimeException>run(call -> null);
    }

    /** As {@link #manageGetSize}, of a snapshot. */
    public long manageSnapshotGetSize(String volume, String source) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(source, "source");
        return call("manageSnapshotGetSize", volume + "@" + source)
                .run(call -> new Manage(call).snapshotSize(volume, source));
    }

    /** Makes a snapshot of a volume one of Cinder's, by renaming and protecting it. */
    public void manageSnapshot(String volume, String source, String snapshot) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(snapshot, "snapshot");
        call("manageSnapshot", volume + "@" + snapshot).<Void, RadosException>run(call -> {
            new Manage(call).snapshot(volume, source, snapshot);
            return null;
        });
    }

    /**
     * Forgets a snapshot, and ends its protection if no clones hang on it.
     *
     * @throws NotFoundException without that volume or snapshot
     */
    public void unmanageSnapshot(String volume, String snapshot) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(snapshot, "snapshot");
        call("unmanageSnapshot", volume + "@" + snapshot).<Void, RadosException>run(call -> {
            new Manage(call).forgetSnapshot(volume, snapshot);
            return null;
        });
    }

    /**
     * Lists the images of the pool, with what speaks against managing them.
     *
     * @param known ids of the volumes that Cinder has
     * @throws DriverException {@link Kind#INVALID} for a marker that is not in the listing
     */
    public List<Manageable> manageableVolumes(Collection<String> known, Page page) throws RadosException {
        Objects.requireNonNull(known, "known");
        Objects.requireNonNull(page, "page");
        return call("manageableVolumes", "").run(call -> new ListManageable(call, known).volumes(page));
    }

    /** As {@link #manageableVolumes}, of the images' snapshots. */
    public List<Manageable> manageableSnapshots(Collection<String> known, Page page) throws RadosException {
        Objects.requireNonNull(known, "known");
        Objects.requireNonNull(page, "page");
        return call("manageableSnapshots", "").run(call -> new ListManageable(call, known).snapshots(page));
    }

    // ---- what others ask

    /** Tells how a volume is attached. Asks the monitors each time; the volume need not exist. */
    public Connection initializeConnection(String volume) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        return call("initializeConnection", volume).run(call -> new ConnectVolume(call).run(volume));
    }

    /** Tells the capacity of the pool; when the cluster does not answer, that it is unknown. */
    public VolumeStats stats() {
        return call("stats", "").<VolumeStats, RuntimeException>run(call -> new ReadStats(call).run());
    }
}
