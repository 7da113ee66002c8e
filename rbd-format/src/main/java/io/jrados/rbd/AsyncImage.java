package io.jrados.rbd;

import io.jrados.osd.op.WatcherInfo;
import io.jrados.rbd.model.ConfigOption;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.GroupRef;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.ImageTimes;
import io.jrados.rbd.model.LinkedImage;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotOwner;
import io.jrados.rbd.model.SnapshotQuiesce;
import io.jrados.rbd.verb.Asked;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The asynchronous forms of the verbs of {@link Image}, which has those of reading and writing itself. Each does what
 * the blocking form of its name does, on a thread of the client's own, and its future fails with what that one throws.
 * The package page says on which threads the futures complete, what a cancellation does, and what fails beside.
 *
 * <pre>{@code
 * CompletableFuture<Void> flattening = image.flattenAsync(Progress.NONE);
 * if (!image.children().isEmpty()) {
 *     flattening.cancel(true); // the clone stays one, and can be flattened later
 * }
 * }</pre>
 */
public sealed interface AsyncImage permits Image {
    /** As {@link Image#resize(long, Progress)}. */
    default CompletableFuture<Void> resizeAsync(long size, Progress progress) {
        return run("resizing to " + size + " bytes", () -> image().resize(size, progress));
    }

    /** As {@link Image#resize(long, boolean, Progress)}. */
    default CompletableFuture<Void> resizeAsync(long size, boolean mayShrink, Progress progress) {
        return run("resizing to " + size + " bytes", () -> image().resize(size, mayShrink, progress));
    }

    /** As {@link Image#snapshots()}. */
    default CompletableFuture<List<SnapshotInfo>> snapshotsAsync() {
        return get("listing the snapshots", () -> image().snapshots());
    }

    /** As {@link Image#createSnapshot(String)}. */
    default CompletableFuture<Void> createSnapshotAsync(String name) {
        return run("creating snapshot " + name, () -> image().createSnapshot(name));
    }

    /** As {@link Image#createSnapshot(String, SnapshotQuiesce)}. */
    default CompletableFuture<Void> createSnapshotAsync(String name, SnapshotQuiesce quiesce) {
        return run("creating snapshot " + name, () -> image().createSnapshot(name, quiesce));
    }

    /** As {@link Image#removeSnapshot(String)}. */
    default CompletableFuture<Void> removeSnapshotAsync(String name) {
        return run("removing snapshot " + name, () -> image().removeSnapshot(name));
    }

    /** As {@link Image#removeSnapshot(long)}. */
    default CompletableFuture<Void> removeSnapshotAsync(long id) {
        return run("removing snapshot " + id, () -> image().removeSnapshot(id));
    }

    /** As {@link Image#forceRemoveSnapshot(String, Progress)}. */
    default CompletableFuture<Void> forceRemoveSnapshotAsync(String name, Progress progress) {
        return run("removing snapshot " + name + " and its links to clones", () -> image().forceRemoveSnapshot(
                        name, progress));
    }

    /** As {@link Image#renameSnapshot(String, String)}. */
    default CompletableFuture<Void> renameSnapshotAsync(String name, String newName) {
        return run("renaming snapshot " + name + " to " + newName, () -> image().renameSnapshot(name, newName));
    }

    /** As {@link Image#rollBack(String, Progress)}. */
    default CompletableFuture<Void> rollBackAsync(String snapshot, Progress progress) {
        return run("rolling back to snapshot " + snapshot, () -> image().rollBack(snapshot, progress));
    }

    /** As {@link Image#snapshotLimit()}. */
    default CompletableFuture<OptionalLong> snapshotLimitAsync() {
        return get("reading the limit on snapshots", () -> image().snapshotLimit());
    }

    /** As {@link Image#setSnapshotLimit(OptionalLong)}. */
    default CompletableFuture<Void> setSnapshotLimitAsync(OptionalLong limit) {
        return run("limiting the snapshots", () -> image().setSnapshotLimit(limit));
    }

    /** As {@link Image#snapshotOwner(long)}. */
    default CompletableFuture<SnapshotOwner> snapshotOwnerAsync(long id) {
        return get("reading the owner of snapshot " + id, () -> image().snapshotOwner(id));
    }

    /** As {@link Image#protectSnapshot(String)}. */
    default CompletableFuture<Void> protectSnapshotAsync(String name) {
        return run("protecting snapshot " + name, () -> image().protectSnapshot(name));
    }

    /** As {@link Image#unprotectSnapshot(String)}. */
    default CompletableFuture<Void> unprotectSnapshotAsync(String name) {
        return run("unprotecting snapshot " + name, () -> image().unprotectSnapshot(name));
    }

    /** As {@link Image#unprotectAndRemoveSnapshot(String)}. */
    default CompletableFuture<Void> unprotectAndRemoveSnapshotAsync(String name) {
        return run("removing snapshot " + name, () -> image().unprotectAndRemoveSnapshot(name));
    }

    /** As {@link Image#isSnapshotProtected(String)}. */
    default CompletableFuture<Boolean> isSnapshotProtectedAsync(String name) {
        return get("looking at snapshot " + name, () -> image().isSnapshotProtected(name));
    }

    /** As {@link Image#diff(DiffOptions, Progress, Consumer)}; {@code each} is called on the verb's thread. */
    default CompletableFuture<Void> diffAsync(DiffOptions options, Progress progress, Consumer<DiffExtent> each) {
        return run("comparing snapshots", () -> image().diff(options, progress, each));
    }

    /** As {@link Image#diff(DiffOptions)}. */
    default CompletableFuture<List<DiffExtent>> diffAsync(DiffOptions options) {
        return get("comparing snapshots", () -> image().diff(options));
    }

    /** As {@link Image#flatten(Progress)}. */
    default CompletableFuture<Void> flattenAsync(Progress progress) {
        return run("flattening", () -> image().flatten(progress));
    }

    /** As {@link Image#children()}. */
    default CompletableFuture<List<ImageSpec>> childrenAsync() {
        return get("listing the clones", () -> image().children());
    }

    /** As {@link Image#linkedChildren()}. */
    default CompletableFuture<List<LinkedImage>> linkedChildrenAsync() {
        return get("listing the clones", () -> image().linkedChildren());
    }

    /** As {@link Image#descendants()}. */
    default CompletableFuture<List<LinkedImage>> descendantsAsync() {
        return get("listing the clones and their clones", () -> image().descendants());
    }

    /** As {@link Image#parent()}. */
    default CompletableFuture<Optional<LinkedImage>> parentAsync() {
        return get("looking for the parent", () -> image().parent());
    }

    /** As {@link Image#updateFeatures(long, boolean)}. */
    default CompletableFuture<Void> updateFeaturesAsync(long features, boolean enabled) {
        return run("switching features", () -> image().updateFeatures(features, enabled));
    }

    /** As {@link Image#rebuildObjectMap(Progress)}. */
    default CompletableFuture<Void> rebuildObjectMapAsync(Progress progress) {
        return run("rebuilding the object maps", () -> image().rebuildObjectMap(progress));
    }

    /** As {@link Image#checkObjectMap(Optional, Progress)}. */
    default CompletableFuture<Boolean> checkObjectMapAsync(Optional<String> snapshot, Progress progress) {
        return get("checking the object map", () -> image().checkObjectMap(snapshot, progress));
    }

    /** As {@link Image#opFeatures()}. */
    default CompletableFuture<Long> opFeaturesAsync() {
        return get("reading the header", () -> image().opFeatures());
    }

    /** As {@link Image#times()}. */
    default CompletableFuture<ImageTimes> timesAsync() {
        return get("reading the times", () -> image().times());
    }

    /** As {@link Image#group()}. */
    default CompletableFuture<Optional<GroupRef>> groupAsync() {
        return get("looking for the group", () -> image().group());
    }

    /** As {@link Image#watchers()}. */
    default CompletableFuture<List<WatcherInfo>> watchersAsync() {
        return get("listing the watchers", () -> image().watchers());
    }

    /** As {@link Image#metadata()}. */
    default CompletableFuture<Map<String, byte[]>> metadataAsync() {
        return get("reading the metadata", () -> image().metadata());
    }

    /** As {@link Image#metadata(String)}. */
    default CompletableFuture<byte[]> metadataAsync(String key) {
        return get("reading metadata " + key, () -> image().metadata(key));
    }

    /** As {@link Image#setMetadata(String, byte[])}. */
    default CompletableFuture<Void> setMetadataAsync(String key, byte[] value) {
        return run("setting metadata " + key, () -> image().setMetadata(key, value));
    }

    /** As {@link Image#removeMetadata(String)}. */
    default CompletableFuture<Void> removeMetadataAsync(String key) {
        return run("removing metadata " + key, () -> image().removeMetadata(key));
    }

    /** As {@link Image#config()}. */
    default CompletableFuture<List<ConfigOption>> configAsync() {
        return get("reading the options", () -> image().config());
    }

    /** As {@link Image#config(String)}. */
    default CompletableFuture<ConfigOption> configAsync(String option) {
        return get("reading option " + option, () -> image().config(option));
    }

    /** As {@link Image#setConfig(String, String)}. */
    default CompletableFuture<Void> setConfigAsync(String option, String value) {
        return run("setting option " + option, () -> image().setConfig(option, value));
    }

    /** As {@link Image#removeConfig(String)}. */
    default CompletableFuture<Void> removeConfigAsync(String option) {
        return run("removing option " + option, () -> image().removeConfig(option));
    }

    /** As {@link Image#upload(ReadableByteChannel, Progress)}; the source is read on the verb's thread. */
    default CompletableFuture<Long> uploadAsync(ReadableByteChannel source, Progress progress) {
        return get("uploading", () -> image().upload(source, progress));
    }

    /** As {@link Image#upload(ReadableByteChannel, int, Progress)}; the source is read on the verb's thread. */
    default CompletableFuture<Long> uploadAsync(ReadableByteChannel source, int depth, Progress progress) {
        return get("uploading", () -> image().upload(source, depth, progress));
    }

    /** As {@link Image#download(WritableByteChannel, Progress)}; the sink is written to on the verb's thread. */
    default CompletableFuture<Long> downloadAsync(WritableByteChannel sink, Progress progress) {
        return get("downloading", () -> image().download(sink, progress));
    }

    /** As {@link Image#download(WritableByteChannel, int, Progress)}; the sink is written to on the verb's thread. */
    default CompletableFuture<Long> downloadAsync(WritableByteChannel sink, int depth, Progress progress) {
        return get("downloading", () -> image().download(sink, depth, progress));
    }

    /** As {@link Image#refresh()}. */
    default CompletableFuture<Void> refreshAsync() {
        return run("reading the header", () -> image().refresh());
    }

    private Image image() {
        return (Image) this;
    }

    private String ofImage(String doing) {
        return doing + " of image " + image().pool() + "/" + image().name();
    }

    private <T> CompletableFuture<T> get(String doing, Callable<? extends T> call) {
        return Asked.get(image().pool(), ofImage(doing), call);
    }

    private CompletableFuture<Void> run(String doing, Asked.Call call) {
        return Asked.run(image().pool(), ofImage(doing), call);
    }
}
