package io.jrados.drivers.backup;

import io.jrados.drivers.AuditTrail;
import io.jrados.drivers.DriverEvent;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.OnExecutor;
import io.jrados.drivers.backup.flow.BackupPool;
import io.jrados.drivers.backup.flow.BackupStream;
import io.jrados.drivers.backup.flow.BackupVolume;
import io.jrados.drivers.backup.flow.DeleteBackup;
import io.jrados.drivers.backup.flow.RestoreChannel;
import io.jrados.drivers.backup.flow.RestoreVolume;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.BackupOptions;
import io.jrados.drivers.backup.model.BackupReport;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.drivers.backup.model.RestoreReport;
import io.jrados.drivers.backup.model.VolumeMetadata;
import io.jrados.error.BusyException;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Cinder's backups in a Ceph cluster, which may be another than the volumes'. A backup of an RBD volume is a snapshot
 * on the volume and the same snapshot on a base image: an incremental one moves only what changed since its parent's,
 * from one cluster into the other, with nothing on disk in between. Thread-safe; each call blocks until it is done, and
 * on a failure undoes what it did.
 *
 * <pre>{@code
 * CephBackup backups = new CephBackup(rados, BackupOptions.DEFAULT);
 * RbdVolume volume = RbdVolume.of(Rbd.on(rados.pool("volumes")), "1", 10);
 * Backup monday = Backup.of("monday", "1", 10);
 * BackupReport report = backups.backup(monday, volume, Optional.empty(), Progress.NONE);
 * monday = monday.withServiceMetadata(report.serviceMetadata());
 * backups.backup(Backup.of("tuesday", "1", 10).since(monday), volume, Optional.empty(), Progress.NONE);
 * }</pre>
 *
 * <p>Names and states in the pools are those of Python's driver, which understands what is made here, and the reverse.
 */
public final class CephBackup {
    private final BackupPool pool;

    /**
     * @param rados of the cluster of the backups; stays the caller's, who closes it after the last call
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION}
     */
    public CephBackup(Rados rados, BackupOptions options) throws DriverException {
        this(rados, options, DriverEvent.Hook.NONE);
    }

    /** As {@link #CephBackup(Rados, BackupOptions)}, telling {@code hook} what is done to which image. */
    public CephBackup(Rados rados, BackupOptions options, DriverEvent.Hook hook) throws DriverException {
        this.pool = new BackupPool(
                Objects.requireNonNull(rados, "rados"),
                Objects.requireNonNull(options, "options"),
                Objects.requireNonNull(hook, "hook"));
    }

    /**
     * Connects as the options say: file and user.
     *
     * @return a client for {@link #CephBackup(Rados, BackupOptions)}, which the caller closes
     */
    public static Rados connect(BackupOptions options) throws RadosException {
        Objects.requireNonNull(options, "options");
        return Rados.connect(options.cephConf());
    }

    private <T, E extends Exception> T call(String name, Backup backup, AuditTrail.Flow<T, E> flow) throws E {
        return new AuditTrail(pool.hook(), name, backup.id()).run("backup " + backup.id(), flow);
    }

    /**
     * Backs up an RBD volume: fully, or as the difference to the backup's parent.
     *
     * @param metadata of the volume, to be kept beside the backup
     * @param progress in bytes of the diff
     * @throws DriverException {@link Kind#BACKUP_RBD_OPERATION_FAILED} when the diff cannot be moved, or the parent's
     *     snapshot is not there; {@link Kind#BACKUP_OPERATION} for a pool that is missing, or a backup, or metadata of
     *     one, that is there already; {@link Kind#INVALID_PARAMETER_VALUE} for a volume without a size
     */
    public BackupReport backup(Backup backup, RbdVolume volume, Optional<VolumeMetadata> metadata, Progress progress)
            throws RadosException {
        Objects.requireNonNull(backup, "backup");
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(metadata, "metadata");
        Objects.requireNonNull(progress, "progress");
        return call("backup", backup, trail -> new BackupVolume(pool, trail).run(backup, volume, metadata, progress));
    }

    /**
     * Backs up bytes of any origin, such as a volume that is no RBD image, or a snapshot of one, as a whole.
     *
     * @param source blocking; read up to its end, or to the backup's size, and left open
     * @param metadata of the volume, to be kept beside the backup
     * @param progress in bytes
     * @throws IOException what the source throws; as a {@link DriverException} of
     *     {@link Kind#BACKUP_RBD_OPERATION_FAILED} for an incremental backup, and of {@link Kind#BACKUP_OPERATION} for
     *     what the cluster fails with
     */
    public BackupReport backup(
            Backup backup, ReadableByteChannel source, Optional<VolumeMetadata> metadata, Progress progress)
            throws IOException {
        Objects.requireNonNull(backup, "backup");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(metadata, "metadata");
        Objects.requireNonNull(progress, "progress");
        return call("backup", backup, trail -> new BackupStream(pool, trail).run(backup, source, metadata, progress));
    }

    /**
     * Restores a backup into an RBD volume of at least its size. What the volume has behind the backup's end becomes
     * zero, unless the options say otherwise.
     *
     * @param progress in bytes of the diff, or of the backup
     * @throws DriverException {@link Kind#BACKUP_OPERATION} when the backup, or its metadata, cannot be read;
     *     {@link Kind#INVALID_PARAMETER_VALUE} for a volume that is too small
     */
    public RestoreReport restore(Backup backup, RbdVolume volume, Progress progress) throws RadosException {
        Objects.requireNonNull(backup, "backup");
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(progress, "progress");
        return call("restore", backup, trail -> new RestoreVolume(pool, trail).run(backup, volume, progress));
    }

    /**
     * Restores a backup into a file, from its first byte on, or into any other blocking channel. What comes behind the
     * backup's end, up to the size, becomes zero. A file is made durable, and is sparse where it had nothing.
     *
     * @param size GiB, at least the backup's
     * @param progress in bytes of the backup
     * @throws IOException what the channel throws, and as {@link #restore(Backup, RbdVolume, Progress)}
     */
    public RestoreReport restore(Backup backup, WritableByteChannel sink, int size, Progress progress)
            throws IOException {
        Objects.requireNonNull(backup, "backup");
        Objects.requireNonNull(sink, "sink");
        Objects.requireNonNull(progress, "progress");
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size + " GiB");
        }
        return call("restore", backup, trail -> new RestoreChannel(pool).run(backup, sink, size, progress));
    }

    /**
     * Deletes a backup; one that is not there is a success. Those that build on it must be deleted before: nobody
     * checks.
     *
     * @throws BusyException somebody had the base image open for the whole of the busy budget; another call goes on
     */
    public void delete(Backup backup) throws RadosException {
        Objects.requireNonNull(backup, "backup");
        this.<@Nullable Void, RadosException>call("delete", backup, trail -> {
            new DeleteBackup(pool, trail).run(backup);
            return null;
        });
    }

    /** As {@link #backup(Backup, RbdVolume, Optional, Progress)}, on the executor: see {@link OnExecutor}. */
    public CompletableFuture<BackupReport> backupAsync(
            Backup backup, RbdVolume volume, Optional<VolumeMetadata> metadata, Progress progress, Executor executor) {
        return on(executor, "backup", progress, each -> backup(backup, volume, metadata, each));
    }

    /** As {@link #backup(Backup, ReadableByteChannel, Optional, Progress)}, on a thread of the executor. */
    public CompletableFuture<BackupReport> backupAsync(
            Backup backup,
            ReadableByteChannel source,
            Optional<VolumeMetadata> metadata,
            Progress progress,
            Executor executor) {
        return on(executor, "backup", progress, each -> backup(backup, source, metadata, each));
    }

    /** As {@link #restore(Backup, RbdVolume, Progress)}, on a thread of the executor. */
    public CompletableFuture<RestoreReport> restoreAsync(
            Backup backup, RbdVolume volume, Progress progress, Executor executor) {
        return on(executor, "restore", progress, each -> restore(backup, volume, each));
    }

    /** As {@link #restore(Backup, WritableByteChannel, int, Progress)}, on a thread of the executor. */
    public CompletableFuture<RestoreReport> restoreAsync(
            Backup backup, WritableByteChannel sink, int size, Progress progress, Executor executor) {
        return on(executor, "restore", progress, each -> restore(backup, sink, size, each));
    }

    /** As {@link #delete(Backup)}, on a thread of the executor. */
    public CompletableFuture<Void> deleteAsync(Backup backup, Executor executor) {
        return on(executor, "delete", Progress.NONE, each -> {
            delete(backup);
            return null;
        });
    }

    private static <T> CompletableFuture<T> on(
            Executor executor, String name, Progress progress, OnExecutor.Call<T> call) {
        return new OnExecutor(executor).start(name, progress, call);
    }
}
