package io.jrados.drivers.glance;

import io.jrados.drivers.ImageReader;
import io.jrados.drivers.OnExecutor;
import io.jrados.drivers.glance.model.AddedImage;
import io.jrados.drivers.glance.model.Upload;
import io.jrados.rbd.model.Progress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** The calls of {@link GlanceStore} on an executor of the caller's choice, as {@link OnExecutor} says. */
public final class AsyncGlanceStore {
    private final GlanceStore store;
    private final OnExecutor executor;

    AsyncGlanceStore(GlanceStore store, OnExecutor executor) {
        this.store = store;
        this.executor = executor;
    }

    public CompletableFuture<AddedImage> addAsync(Upload upload) {
        return executor.start("add", Progress.NONE, each -> {
            Progress own = Objects.requireNonNull(upload, "upload").progress();
            return store.add(upload.withProgress(new Progress() {
                @Override
                public void report(long done, long total) {
                    own.report(done, total);
                }

                @Override
                public boolean isCancelled() {
                    return each.isCancelled() || own.isCancelled();
                }
            }));
        });
    }

    /** The reader's calls block as ever. */
    public CompletableFuture<ImageReader> getAsync(String uri) {
        return executor.start("get", Progress.NONE, each -> store.get(uri));
    }

    /** The reader's calls block as ever. */
    public CompletableFuture<ImageReader> getAsync(String uri, long offset, long length) {
        return executor.start("get", Progress.NONE, each -> store.get(uri, offset, length));
    }

    public CompletableFuture<Long> sizeAsync(String uri) {
        return executor.start("size", Progress.NONE, each -> store.size(uri));
    }

    public CompletableFuture<Void> deleteAsync(String uri) {
        return executor.start("delete", Progress.NONE, each -> {
            store.delete(uri);
            return null;
        });
    }
}
