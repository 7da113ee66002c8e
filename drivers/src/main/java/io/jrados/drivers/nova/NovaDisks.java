package io.jrados.drivers.nova;

import io.jrados.drivers.AuditTrail;
import io.jrados.drivers.DriverEvent;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.OnExecutor;
import io.jrados.drivers.nova.flow.Backend;
import io.jrados.drivers.nova.flow.CreateDisk;
import io.jrados.drivers.nova.flow.DeleteDisks;
import io.jrados.drivers.nova.flow.DescribePool;
import io.jrados.drivers.nova.flow.DirectSnapshot;
import io.jrados.drivers.nova.flow.DiskSnapshot;
import io.jrados.drivers.nova.flow.FlattenDisk;
import io.jrados.drivers.nova.flow.ImportFile;
import io.jrados.drivers.nova.flow.ResizeDisk;
import io.jrados.drivers.nova.model.BaseImage;
import io.jrados.drivers.nova.model.CreatedDisk;
import io.jrados.drivers.nova.model.DiskNames;
import io.jrados.drivers.nova.model.ImageService;
import io.jrados.drivers.nova.model.NovaOptions;
import io.jrados.drivers.nova.model.PoolInfo;
import io.jrados.error.BusyException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The disks of Nova's instances on RBD, as {@code images_type = rbd} has them: {@code <uuid>_disk} and its siblings in
 * one pool, see {@link DiskNames}. Thread-safe: each call stands for itself, blocks until it is done, and on a failure
 * undoes what it did; failures of that are suppressed in the exception. Sizes are bytes.
 *
 * <pre>{@code
 * NovaDisks disks = new NovaDisks(rados, NovaOptions.DEFAULT.withPool("vms"));
 * BaseImage image = glance.describe("image-id");
 * CreatedDisk root = disks.create(DiskNames.root(instance), image, 20L << 30, glance, Progress.NONE);
 * disks.resize(root.name(), 40L << 30, Progress.NONE);
 * disks.delete(instance, Progress.NONE);
 * }</pre>
 */
public final class NovaDisks {
    private static final String RESCUED = ".rescue";

    private final Backend backend;

    /**
     * @param rados stays the caller's, who closes it after the last call
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION}
     */
    public NovaDisks(Rados rados, NovaOptions options) throws DriverException {
        this(rados, options, DriverEvent.Hook.NONE);
    }

    /** As {@link #NovaDisks(Rados, NovaOptions)}, telling {@code hook} of the calls that changed disks. */
    public NovaDisks(Rados rados, NovaOptions options, DriverEvent.Hook hook) throws DriverException {
        this.backend = new Backend(
                Objects.requireNonNull(rados, "rados"),
                Objects.requireNonNull(options, "options"),
                Objects.requireNonNull(hook, "hook"));
    }

    /** These disks with calls that return at once, and run on an executor. */
    public AsyncNovaDisks async(Executor executor) {
        return new AsyncNovaDisks(this, new OnExecutor(Objects.requireNonNull(executor, "executor")));
    }

    /** One call, of whose end the audit trail tells. */
    private <T, E extends Exception> T call(String name, String disk, Flow<T, E> flow) throws E {
        return new AuditTrail(backend.hook(), name, disk).run(backend.pool() + "/" + disk, trail -> flow.run());
    }

    private <E extends Exception> void change(String name, String disk, Change<E> change) throws E {
        this.<@Nullable Void, E>call(name, disk, () -> {
            change.run();
            return null;
        });
    }

    @FunctionalInterface
    private interface Flow<T, E extends Exception> {
        T run() throws E;
    }

    @FunctionalInterface
    private interface Change<E extends Exception> {
        void run() throws E;
    }

    private static void checkSize(long size, long least) {
        if (size < least) {
            throw new IllegalArgumentException("size: " + size);
        }
    }

    /**
     * Makes a disk from an image: a clone of it if it is raw and in this cluster, else a download, converted to raw on
     * the way. A disk that is there keeps its bytes. It is enlarged to the flavor's size.
     *
     * @param size that the flavor gives, at least 1
     * @param progress in bytes
     * @throws DriverException {@link Kind#FLAVOR_DISK_SMALLER_THAN_IMAGE}; {@link Kind#IMAGE_UNACCEPTABLE} for an image
     *     that can neither be cloned nor imported; {@link Kind#FORBIDDEN} without the right to make images in the pool
     * @throws IOException what the image service throws
     */
    public CreatedDisk create(String disk, BaseImage image, long size, ImageService glance, Progress progress)
            throws IOException {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(image, "image");
        checkSize(size, 1);
        Objects.requireNonNull(glance, "glance");
        Objects.requireNonNull(progress, "progress");
        return call("create", disk, () -> new CreateDisk(backend)
                .run(disk, image, OptionalLong.of(size), glance, progress));
    }

    /** As {@link #create(String, BaseImage, long, ImageService, Progress)}, with as many bytes as the image has. */
    public CreatedDisk create(String disk, BaseImage image, ImageService glance, Progress progress) throws IOException {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(glance, "glance");
        Objects.requireNonNull(progress, "progress");
        return call(
                "create", disk, () -> new CreateDisk(backend).run(disk, image, OptionalLong.empty(), glance, progress));
    }

    /**
     * Makes the disk {@code <uuid>_disk.rescue} that a broken instance is booted from, as large as the image; errors as
     * {@link #create}.
     */
    public CreatedDisk rescue(UUID instance, BaseImage image, ImageService glance, Progress progress)
            throws IOException {
        Objects.requireNonNull(instance, "instance");
        return create(DiskNames.of(instance, DiskNames.RESCUE), image, glance, progress);
    }

    /**
     * Removes the disks of a rescued instance whose names end with {@code .rescue}.
     *
     * @throws BusyException as {@link #delete}
     */
    public void unrescue(UUID instance) throws RadosException {
        Objects.requireNonNull(instance, "instance");
        change("unrescue", instance.toString(), () -> new DeleteDisks(backend)
                .run(instance, name -> name.endsWith(RESCUED), Progress.NONE));
    }

    /**
     * Imports a config drive that was made elsewhere, unless the disk has one already.
     *
     * @param disk {@code <uuid>_disk.config}
     * @param bytes of the raw drive, from a channel that blocks; left open
     * @return false if there was one, which stays as it is
     */
    public boolean importConfigDrive(String disk, ReadableByteChannel bytes, Progress progress) throws IOException {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(bytes, "bytes");
        Objects.requireNonNull(progress, "progress");
        return call("importConfigDrive", disk, () -> new ImportFile(backend).ifAbsent(disk, bytes, progress));
    }

    /**
     * Imports a raw disk that was made elsewhere, such as an ephemeral disk or swap, in place of one of that name.
     *
     * @param bytes from a channel that blocks; left open
     * @throws BusyException somebody has the old one open
     */
    public void importFile(String disk, ReadableByteChannel bytes, Progress progress) throws IOException {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(bytes, "bytes");
        Objects.requireNonNull(progress, "progress");
        change("importFile", disk, () -> new ImportFile(backend).replace(disk, bytes, progress));
    }

    /**
     * Makes an image of a disk inside the cluster, also of one in use: a flattened clone in the pool of the image that
     * the disk is from, with the protected snapshot {@code snap}. Where that cannot be, the caller takes the snapshot
     * by a download.
     *
     * @param imageId the new image's
     * @param baseLocations of the image that the disk was made from; they tell the pool if the disk has no parent
     * @param progress of the flattening, in objects
     * @return the location of the new image, for Glance
     * @throws DriverException {@link Kind#IMAGE_UNACCEPTABLE} if the base image is not in this cluster;
     *     {@link Kind#FORBIDDEN} without the right to write to its pool; {@link Kind#DUPLICATE} if there is such an
     *     image, which stays as it is
     */
    public String snapshot(String disk, String imageId, List<String> baseLocations, Progress progress)
            throws RadosException {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(imageId, "imageId");
        Objects.requireNonNull(baseLocations, "baseLocations");
        Objects.requireNonNull(progress, "progress");
        return call("snapshot", disk, () -> new DirectSnapshot(backend).run(disk, imageId, baseLocations, progress));
    }

    /** Removes an image that {@link #snapshot} made and Glance did not take; one that is gone is a success. */
    public void discardSnapshot(String uri) throws RadosException {
        Objects.requireNonNull(uri, "uri");
        change("discardSnapshot", uri, () -> new DirectSnapshot(backend).discard(uri));
    }

    /**
     * Copies into a disk what it shares with its image, as after an unshelve; a disk without a parent stays as it is.
     *
     * @param progress in objects
     */
    public void flatten(String disk, Progress progress) throws RadosException {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(progress, "progress");
        change("flatten", disk, () -> new FlattenDisk(backend).run(disk, progress));
    }

    /**
     * Enlarges a disk.
     *
     * @throws RadosException EINVAL for a size below the disk's, which stays as it is
     */
    public void resize(String disk, long size, Progress progress) throws RadosException {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(progress, "progress");
        checkSize(size, 0);
        change("resize", disk, () -> new ResizeDisk(backend).grow(disk, size, progress));
    }

    /**
     * Resizes a root disk for a new flavor, so that it can be reverted: makes the snapshot {@code nova-resize}, and
     * enlarges the disk if the flavor gives more.
     */
    public void finishResize(String disk, long size, Progress progress) throws RadosException {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(progress, "progress");
        checkSize(size, 0);
        change("finishResize", disk, () -> new ResizeDisk(backend).finish(disk, size, progress));
    }

    /** Ends a resize that is wanted: removes the snapshot, if disk and snapshot are there. */
    public void confirmResize(String disk) throws RadosException {
        Objects.requireNonNull(disk, "disk");
        change("confirmResize", disk, () -> new ResizeDisk(backend).confirm(disk));
    }

    /**
     * Takes a resize back: bytes and size of the disk are as before it.
     *
     * @throws DriverException {@link Kind#SNAPSHOT_NOT_FOUND}
     */
    public void revertResize(String disk, Progress progress) throws RadosException {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(progress, "progress");
        change("revertResize", disk, () -> new ResizeDisk(backend).revert(disk, progress));
    }

    /**
     * Removes the disks of an instance that a reverted resize leaves on the other host's account: those whose names end
     * with {@code disk.local}.
     */
    public void deleteLocal(UUID instance) throws RadosException {
        Objects.requireNonNull(instance, "instance");
        change("deleteLocal", instance.toString(), () -> new DeleteDisks(backend)
                .run(instance, name -> name.endsWith(DiskNames.LOCAL), Progress.NONE));
    }

    /**
     * Removes a snapshot of a disk. One that is not there, or is protected and not to be forced, stays with a warning.
     *
     * @throws NotFoundException there is no such disk
     */
    public void removeSnapshot(String disk, String snapshot, boolean force) throws RadosException {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(snapshot, "snapshot");
        change("removeSnapshot", disk, () -> new DiskSnapshot(backend).remove(disk, snapshot, force));
    }

    /**
     * Removes all disks of an instance, and the snapshots that calls of Nova left on them. Nobody else's snapshots are
     * touched.
     *
     * @param progress of each disk, in objects
     * @throws BusyException somebody had a disk open at each of the attempts; it is named, the others are gone
     * @throws RadosException ENOTEMPTY for a disk with other snapshots
     */
    public void delete(UUID instance, Progress progress) throws RadosException {
        Objects.requireNonNull(instance, "instance");
        Objects.requireNonNull(progress, "progress");
        change("delete", instance.toString(), () -> new DeleteDisks(backend).run(instance, name -> true, progress));
    }

    /**
     * Returns the room that there is for disks.
     *
     * @throws DriverException {@link Kind#NOT_FOUND} without the pool; {@link Kind#STORAGE_ERROR} when the monitors do
     *     not tell
     */
    public PoolInfo poolInfo() throws RadosException {
        return new DescribePool(backend).run();
    }
}
