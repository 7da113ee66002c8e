package io.jrados.rbd;

import io.jrados.rbd.model.ConfigOption;
import io.jrados.rbd.model.DiskUsage;
import io.jrados.rbd.model.DiskUsageOptions;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.PoolStatistics;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SummaryOptions;
import io.jrados.rbd.model.TrashEntry;
import io.jrados.rbd.verb.Asked;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The asynchronous forms of the calls of {@link Rbd}. Each does what the blocking form of its name does, on a thread of
 * the client's own, and its future fails with what that one throws. The package page says on which threads the futures
 * complete, what a cancellation does, and what fails beside: EAGAIN when too many verbs wait for their turn, ETIMEDOUT
 * when one has waited for as long as the pool's deadline.
 *
 * <pre>{@code
 * CompletableFuture<Void> ready = rbd.createAsync("disk", 10L << 30, ImageOptions.DEFAULT)
 *         .thenCompose(id -> rbd.openAsync("disk"))
 *         .thenCompose(image -> image.createSnapshotAsync("empty").thenCompose(made -> image.closeAsync()));
 * }</pre>
 */
public sealed interface AsyncRbd permits Rbd {
    /** As {@link Rbd#list()}. */
    default CompletableFuture<List<String>> listAsync() {
        return get("listing the images", () -> rbd().list());
    }

    /** As {@link Rbd#ids()}. */
    default CompletableFuture<Map<String, String>> idsAsync() {
        return get("listing the images", () -> rbd().ids());
    }

    /** As {@link Rbd#exists(String)}. */
    default CompletableFuture<Boolean> existsAsync(String name) {
        return get("looking for image " + name, () -> rbd().exists(name));
    }

    /** As {@link Rbd#create(String, long, ImageOptions)}. */
    default CompletableFuture<String> createAsync(String name, long size, ImageOptions options) {
        return get("creating image " + name, () -> rbd().create(name, size, options));
    }

    /** As {@link Rbd#open(String)}; an image that nobody is given any more is closed. */
    default CompletableFuture<Image> openAsync(String name) {
        return open("opening image " + name, () -> rbd().open(name));
    }

    /** As {@link Rbd#openReadOnly(String)}. */
    default CompletableFuture<Image> openReadOnlyAsync(String name) {
        return open("opening image " + name, () -> rbd().openReadOnly(name));
    }

    /** As {@link Rbd#openSnapshot(String, String)}. */
    default CompletableFuture<Image> openSnapshotAsync(String name, String snapshot) {
        return open("opening image " + name + "@" + snapshot, () -> rbd().openSnapshot(name, snapshot));
    }

    /** As {@link Rbd#openSnapshot(String, long)}. */
    default CompletableFuture<Image> openSnapshotAsync(String name, long snapId) {
        return open("opening image " + name + " at snapshot " + snapId, () -> rbd().openSnapshot(name, snapId));
    }

    /** As {@link Rbd#openById(String)}. */
    default CompletableFuture<Image> openByIdAsync(String id) {
        return open("opening image with id " + id, () -> rbd().openById(id));
    }

    /** As {@link Rbd#openByIdReadOnly(String)}. */
    default CompletableFuture<Image> openByIdReadOnlyAsync(String id) {
        return open("opening image with id " + id, () -> rbd().openByIdReadOnly(id));
    }

    /** As {@link Rbd#openSnapshotById(String, long)}. */
    default CompletableFuture<Image> openSnapshotByIdAsync(String id, long snapId) {
        return open("opening image with id " + id + " at snapshot " + snapId, () -> rbd().openSnapshotById(id, snapId));
    }

    /** As {@link Rbd#clone(ImageSpec, String, ImageOptions)}. */
    default CompletableFuture<String> cloneAsync(ImageSpec parent, String child, ImageOptions options) {
        return get("cloning " + parent + " to " + child, () -> rbd().clone(parent, child, options));
    }

    /** As {@link Rbd#clone(ImageSpec, long, String, ImageOptions)}. */
    default CompletableFuture<String> cloneAsync(ImageSpec parent, long snapId, String child, ImageOptions options) {
        return get("cloning " + parent + " to " + child, () -> rbd().clone(parent, snapId, child, options));
    }

    /** As {@link Rbd#rename(String, String)}. */
    default CompletableFuture<Void> renameAsync(String name, String newName) {
        return run("renaming image " + name + " to " + newName, () -> rbd().rename(name, newName));
    }

    /** As {@link Rbd#moveToTrash(String, Duration)}. */
    default CompletableFuture<Void> moveToTrashAsync(String name, Duration delay) {
        return run("moving image " + name + " to the trash", () -> rbd().moveToTrash(name, delay));
    }

    /** As {@link Rbd#remove(String, Progress)}. */
    default CompletableFuture<Void> removeAsync(String name, Progress progress) {
        return run("removing image " + name, () -> rbd().remove(name, progress));
    }

    /** As {@link Rbd#trash()}. */
    default CompletableFuture<List<TrashEntry>> trashAsync() {
        return get("listing the trash", () -> rbd().trash());
    }

    /** As {@link Rbd#trashEntry(String)}. */
    default CompletableFuture<TrashEntry> trashEntryAsync(String id) {
        return get("looking for image with id " + id + " in the trash", () -> rbd().trashEntry(id));
    }

    /** As {@link Rbd#restoreFromTrash(String)}. */
    default CompletableFuture<Void> restoreFromTrashAsync(String id) {
        return run("restoring image with id " + id + " from the trash", () -> rbd().restoreFromTrash(id));
    }

    /** As {@link Rbd#restoreFromTrash(String, String)}. */
    default CompletableFuture<Void> restoreFromTrashAsync(String id, String newName) {
        return run("restoring image with id " + id + " from the trash", () -> rbd().restoreFromTrash(id, newName));
    }

    /** As {@link Rbd#removeFromTrash(String, boolean, Progress)}. */
    default CompletableFuture<Void> removeFromTrashAsync(String id, boolean force, Progress progress) {
        return run(
                "deleting image with id " + id + " from the trash", () -> rbd().removeFromTrash(id, force, progress));
    }

    /** As {@link Rbd#purgeTrash(Instant, Progress)}. */
    default CompletableFuture<Void> purgeTrashAsync(Instant before, Progress progress) {
        return run("purging the trash", () -> rbd().purgeTrash(before, progress));
    }

    /** As {@link Rbd#purgeTrash(double, Progress)}. */
    default CompletableFuture<Void> purgeTrashAsync(double threshold, Progress progress) {
        return run("purging the trash", () -> rbd().purgeTrash(threshold, progress));
    }

    /** As {@link Rbd#diskUsage(String, DiskUsageOptions, Progress)}. */
    default CompletableFuture<List<DiskUsage>> diskUsageAsync(
            String name, DiskUsageOptions options, Progress progress) {
        return get("adding up what image " + name + " takes", () -> rbd().diskUsage(name, options, progress));
    }

    /**
     * As {@link Rbd#describeImages(SummaryOptions, Progress, Consumer)}; {@code each} is called on the verb's thread.
     */
    default CompletableFuture<Void> describeImagesAsync(
            SummaryOptions options, Progress progress, Consumer<ImageSummary> each) {
        return run("describing the images", () -> rbd().describeImages(options, progress, each));
    }

    /** As {@link Rbd#namespaces()}. */
    default CompletableFuture<List<String>> namespacesAsync() {
        return get("listing the namespaces", () -> rbd().namespaces());
    }

    /** As {@link Rbd#namespaceExists(String)}. */
    default CompletableFuture<Boolean> namespaceExistsAsync(String namespace) {
        return get("looking for namespace " + namespace, () -> rbd().namespaceExists(namespace));
    }

    /** As {@link Rbd#createNamespace(String)}. */
    default CompletableFuture<Void> createNamespaceAsync(String namespace) {
        return run("creating namespace " + namespace, () -> rbd().createNamespace(namespace));
    }

    /** As {@link Rbd#removeNamespace(String)}. */
    default CompletableFuture<Void> removeNamespaceAsync(String namespace) {
        return run("removing namespace " + namespace, () -> rbd().removeNamespace(namespace));
    }

    /** As {@link Rbd#initializePool(boolean)}. */
    default CompletableFuture<Void> initializePoolAsync(boolean force) {
        return run("preparing the pool for images", () -> rbd().initializePool(force));
    }

    /** As {@link Rbd#statistics()}. */
    default CompletableFuture<PoolStatistics> statisticsAsync() {
        return get("summing up the images", () -> rbd().statistics());
    }

    /** As {@link Rbd#metadata()}. */
    default CompletableFuture<Map<String, byte[]>> metadataAsync() {
        return get("reading the metadata", () -> rbd().metadata());
    }

    /** As {@link Rbd#metadata(String)}. */
    default CompletableFuture<byte[]> metadataAsync(String key) {
        return get("reading metadata " + key, () -> rbd().metadata(key));
    }

    /** As {@link Rbd#setMetadata(String, byte[])}. */
    default CompletableFuture<Void> setMetadataAsync(String key, byte[] value) {
        return run("setting metadata " + key, () -> rbd().setMetadata(key, value));
    }

    /** As {@link Rbd#removeMetadata(String)}. */
    default CompletableFuture<Void> removeMetadataAsync(String key) {
        return run("removing metadata " + key, () -> rbd().removeMetadata(key));
    }

    /** As {@link Rbd#config()}. */
    default CompletableFuture<List<ConfigOption>> configAsync() {
        return get("reading the options", () -> rbd().config());
    }

    /** As {@link Rbd#config(String)}. */
    default CompletableFuture<ConfigOption> configAsync(String option) {
        return get("reading option " + option, () -> rbd().config(option));
    }

    /** As {@link Rbd#setConfig(String, String)}. */
    default CompletableFuture<Void> setConfigAsync(String option, String value) {
        return run("setting option " + option, () -> rbd().setConfig(option, value));
    }

    /** As {@link Rbd#removeConfig(String)}. */
    default CompletableFuture<Void> removeConfigAsync(String option) {
        return run("removing option " + option, () -> rbd().removeConfig(option));
    }

    /** As {@link Rbd#awaitVerbs()}; needs no thread. */
    default CompletableFuture<Void> awaitVerbsAsync() {
        return Asked.endOfAll(rbd().pool());
    }

    private Rbd rbd() {
        return (Rbd) this;
    }

    private String inPool(String doing) {
        return doing + " in pool " + rbd().pool();
    }

    private <T> CompletableFuture<T> get(String doing, Callable<? extends T> call) {
        return Asked.get(rbd().pool(), inPool(doing), call);
    }

    private CompletableFuture<Void> run(String doing, Asked.Call call) {
        return Asked.run(rbd().pool(), inPool(doing), call);
    }

    private CompletableFuture<Image> open(String doing, Callable<Image> call) {
        return Asked.open(rbd().pool(), inPool(doing), call);
    }
}
