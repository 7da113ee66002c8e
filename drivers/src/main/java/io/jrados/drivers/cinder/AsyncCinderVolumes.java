package io.jrados.drivers.cinder;

import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.DiskStream;
import io.jrados.drivers.OnExecutor;
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
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The calls of {@link CinderVolumes} on an executor of the caller's choice, as {@link OnExecutor} says. */
public final class AsyncCinderVolumes {
    private final CinderVolumes volumes;
    private final Progress progress;
    private final OnExecutor executor;

    /** A call that blocks. */
    @FunctionalInterface
    private interface Blocking<T> {
        @Nullable
        T call(CinderVolumes volumes) throws IOException;
    }

    AsyncCinderVolumes(CinderVolumes volumes, Progress progress, Executor executor) {
        this.volumes = volumes;
        this.progress = progress;
        this.executor = new OnExecutor(executor);
    }

    private <T> CompletableFuture<T> start(String name, Blocking<T> blocking) {
        return executor.start(name, progress, cancellable -> blocking.call(volumes.withProgress(cancellable)));
    }

    public CompletableFuture<ModelUpdate> createAsync(Volume volume) {
        return start("create", each -> each.create(volume));
    }

    public CompletableFuture<Optional<ModelUpdate>> createFromImageAsync(
            List<String> locations, String diskFormat, Volume volume) {
        return start("createFromImage", each -> each.createFromImage(locations, diskFormat, volume));
    }

    public CompletableFuture<ModelUpdate> createFromSnapshotAsync(String source, String snapshot, Volume volume) {
        return start("createFromSnapshot", each -> each.createFromSnapshot(source, snapshot, volume));
    }

    public CompletableFuture<ModelUpdate> createCloneAsync(String source, Volume volume) {
        return start("createClone", each -> each.createClone(source, volume));
    }

    public CompletableFuture<ModelUpdate> copyImageToVolumeAsync(DiskImage disk, Volume volume) {
        return start("copyImageToVolume", each -> each.copyImageToVolume(disk, volume));
    }

    public CompletableFuture<ModelUpdate> copyImageToVolumeAsync(DiskStream disk, Volume volume) {
        return start("copyImageToVolume", each -> each.copyImageToVolume(disk, volume));
    }

    public CompletableFuture<Long> copyVolumeToImageAsync(String volume, DiskFormat format, WritableByteChannel sink) {
        return start("copyVolumeToImage", each -> each.copyVolumeToImage(volume, format, sink));
    }

    public CompletableFuture<Void> createSnapshotAsync(String volume, String snapshot) {
        return start("createSnapshot", each -> {
            each.createSnapshot(volume, snapshot);
            return null;
        });
    }

    public CompletableFuture<Void> deleteSnapshotAsync(String volume, String snapshot) {
        return start("deleteSnapshot", each -> {
            each.deleteSnapshot(volume, snapshot);
            return null;
        });
    }

    public CompletableFuture<Void> revertToSnapshotAsync(String volume, String snapshot) {
        return start("revertToSnapshot", each -> {
            each.revertToSnapshot(volume, snapshot);
            return null;
        });
    }

    public CompletableFuture<Void> extendAsync(String volume, int size) {
        return start("extend", each -> {
            each.extend(volume, size);
            return null;
        });
    }

    public CompletableFuture<Retyped> retypeAsync(Volume volume, VolumeType type, boolean sameHost) {
        return start("retype", each -> each.retype(volume, type, sameHost));
    }

    public CompletableFuture<Void> deleteAsync(String volume) {
        return start("delete", each -> {
            each.delete(volume);
            return null;
        });
    }

    public CompletableFuture<PurgeResult> purgeAsync() {
        return start("purge", CinderVolumes::purge);
    }

    public CompletableFuture<List<String>> releaseUnusedParentsAsync(Duration age) {
        return start("releaseUnusedParents", each -> each.releaseUnusedParents(age));
    }

    public CompletableFuture<Boolean> migrateAsync(Volume volume, String status, MigrationTarget target) {
        return start("migrate", each -> each.migrate(volume, status, target));
    }

    public CompletableFuture<ModelUpdate> updateMigratedVolumeAsync(
            String original, Volume replacement, boolean inUse) {
        return start("updateMigratedVolume", each -> each.updateMigratedVolume(original, replacement, inUse));
    }

    public CompletableFuture<Long> manageGetSizeAsync(String source) {
        return start("manageGetSize", each -> each.manageGetSize(source));
    }

    public CompletableFuture<ModelUpdate> manageAsync(String source, Volume volume) {
        return start("manage", each -> each.manage(source, volume));
    }

    public CompletableFuture<Long> manageSnapshotGetSizeAsync(String volume, String source) {
        return start("manageSnapshotGetSize", each -> each.manageSnapshotGetSize(volume, source));
    }

    public CompletableFuture<Void> manageSnapshotAsync(String volume, String source, String snapshot) {
        return start("manageSnapshot", each -> {
            each.manageSnapshot(volume, source, snapshot);
            return null;
        });
    }

    public CompletableFuture<Void> unmanageSnapshotAsync(String volume, String snapshot) {
        return start("unmanageSnapshot", each -> {
            each.unmanageSnapshot(volume, snapshot);
            return null;
        });
    }

    public CompletableFuture<List<Manageable>> manageableVolumesAsync(Collection<String> known, Page page) {
        return start("manageableVolumes", each -> each.manageableVolumes(known, page));
    }

    public CompletableFuture<List<Manageable>> manageableSnapshotsAsync(Collection<String> known, Page page) {
        return start("manageableSnapshots", each -> each.manageableSnapshots(known, page));
    }

    public CompletableFuture<Connection> initializeConnectionAsync(String volume) {
        return start("initializeConnection", each -> each.initializeConnection(volume));
    }

    public CompletableFuture<VolumeStats> statsAsync() {
        return start("stats", CinderVolumes::stats);
    }
}
