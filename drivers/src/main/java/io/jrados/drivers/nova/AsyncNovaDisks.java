package io.jrados.drivers.nova;

import io.jrados.drivers.OnExecutor;
import io.jrados.drivers.nova.model.BaseImage;
import io.jrados.drivers.nova.model.CreatedDisk;
import io.jrados.drivers.nova.model.ImageService;
import io.jrados.drivers.nova.model.PoolInfo;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** The calls of {@link NovaDisks} on an executor of the caller's choice, as {@link OnExecutor} says. */
public final class AsyncNovaDisks {
    private final NovaDisks disks;
    private final OnExecutor executor;

    AsyncNovaDisks(NovaDisks disks, OnExecutor executor) {
        this.disks = disks;
        this.executor = executor;
    }

    /** A call without a result. */
    @FunctionalInterface
    private interface Change {
        void run(Progress progress) throws IOException;
    }

    private CompletableFuture<Void> change(String name, Progress progress, Change change) {
        return executor.start(name, progress, each -> {
            change.run(each);
            return null;
        });
    }

    public CompletableFuture<CreatedDisk> createAsync(
            String disk, BaseImage image, long size, ImageService glance, Progress progress) {
        return executor.start("create", progress, each -> disks.create(disk, image, size, glance, each));
    }

    public CompletableFuture<CreatedDisk> createAsync(
            String disk, BaseImage image, ImageService glance, Progress progress) {
        return executor.start("create", progress, each -> disks.create(disk, image, glance, each));
    }

    public CompletableFuture<CreatedDisk> rescueAsync(
            UUID instance, BaseImage image, ImageService glance, Progress progress) {
        return executor.start("rescue", progress, each -> disks.rescue(instance, image, glance, each));
    }

    public CompletableFuture<Void> unrescueAsync(UUID instance) {
        return change("unrescue", Progress.NONE, each -> disks.unrescue(instance));
    }

    public CompletableFuture<Boolean> importConfigDriveAsync(
            String disk, ReadableByteChannel bytes, Progress progress) {
        return executor.start("importConfigDrive", progress, each -> disks.importConfigDrive(disk, bytes, each));
    }

    public CompletableFuture<Void> importFileAsync(String disk, ReadableByteChannel bytes, Progress progress) {
        return change("importFile", progress, each -> disks.importFile(disk, bytes, each));
    }

    public CompletableFuture<String> snapshotAsync(
            String disk, String imageId, List<String> baseLocations, Progress progress) {
        return executor.start("snapshot", progress, each -> disks.snapshot(disk, imageId, baseLocations, each));
    }

    public CompletableFuture<Void> discardSnapshotAsync(String uri) {
        return change("discardSnapshot", Progress.NONE, each -> disks.discardSnapshot(uri));
    }

    public CompletableFuture<Void> flattenAsync(String disk, Progress progress) {
        return change("flatten", progress, each -> disks.flatten(disk, each));
    }

    public CompletableFuture<Void> resizeAsync(String disk, long size, Progress progress) {
        return change("resize", progress, each -> disks.resize(disk, size, each));
    }

    public CompletableFuture<Void> finishResizeAsync(String disk, long size, Progress progress) {
        return change("finishResize", progress, each -> disks.finishResize(disk, size, each));
    }

    public CompletableFuture<Void> confirmResizeAsync(String disk) {
        return change("confirmResize", Progress.NONE, each -> disks.confirmResize(disk));
    }

    public CompletableFuture<Void> revertResizeAsync(String disk, Progress progress) {
        return change("revertResize", progress, each -> disks.revertResize(disk, each));
    }

    public CompletableFuture<Void> deleteLocalAsync(UUID instance) {
        return change("deleteLocal", Progress.NONE, each -> disks.deleteLocal(instance));
    }

    public CompletableFuture<Void> removeSnapshotAsync(String disk, String snapshot, boolean force) {
        return change("removeSnapshot", Progress.NONE, each -> disks.removeSnapshot(disk, snapshot, force));
    }

    public CompletableFuture<Void> deleteAsync(UUID instance, Progress progress) {
        return change("delete", progress, each -> disks.delete(instance, each));
    }

    public CompletableFuture<PoolInfo> poolInfoAsync() {
        return executor.start("poolInfo", Progress.NONE, each -> disks.poolInfo());
    }
}
