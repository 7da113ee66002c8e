package io.jrados.rbd;

import io.jrados.error.ClosedException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.SnapshotCalls.Protection;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.io.ImageState;
import io.jrados.rbd.model.ConfigOption;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.GroupRef;
import io.jrados.rbd.model.ImageTimes;
import io.jrados.rbd.model.LinkedImage;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotOwner;
import io.jrados.rbd.ops.CheckObjectMap;
import io.jrados.rbd.ops.ConfigOverrides;
import io.jrados.rbd.ops.DiffImage;
import io.jrados.rbd.ops.FlattenImage;
import io.jrados.rbd.ops.ImageDetails;
import io.jrados.rbd.ops.ImageMetadata;
import io.jrados.rbd.ops.LimitSnapshots;
import io.jrados.rbd.ops.LinkedImages;
import io.jrados.rbd.ops.OtherImages;
import io.jrados.rbd.ops.RebuildObjectMap;
import io.jrados.rbd.ops.RemoveSnapshot;
import io.jrados.rbd.ops.RenameSnapshot;
import io.jrados.rbd.ops.RollBackSnapshot;
import io.jrados.rbd.ops.UpdateFeatures;
import io.jrados.rbd.ops.UpdateMetadata;
import io.jrados.rbd.shared.SharedOtherImages;
import io.jrados.rbd.wait.Outcomes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** The verbs on an open image beside reading and writing. */
abstract class ImageVerbs implements Image {
    /** The way in which verbs change other images than this one. */
    final OtherImages others = new SharedOtherImages();

    private final ImageContext image;

    ImageVerbs(ImageContext image) {
        this.image = image;
    }

    /** Whether closing it has begun. */
    abstract boolean isClosed();

    /**
     * The image, for who works on it.
     *
     * @throws ClosedException if it is closed, or being closed
     */
    final ImageContext open() throws RadosException {
        if (isClosed()) {
            throw new ClosedException("using image " + image.spec() + ", which was closed");
        }
        return image;
    }

    /** The state of the header now. */
    abstract ImageState fresh() throws RadosException;

    @Override
    public void updateFeatures(long features, boolean enabled) throws RadosException {
        new UpdateFeatures(open(), features, enabled).run();
    }

    @Override
    public void rebuildObjectMap(Progress progress) throws RadosException {
        Objects.requireNonNull(progress, "progress");
        new RebuildObjectMap(open(), progress).run();
    }

    @Override
    public boolean checkObjectMap(Optional<String> snapshot, Progress progress) throws RadosException {
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(progress, "progress");
        ImageState state = fresh();
        long snapId = SnapContext.HEAD;
        if (snapshot.isPresent()) {
            snapId = state.snapshot(snapshot.get())
                    .orElseThrow(() -> RadosException.of(
                            Errno.ENOENT, "looking for snapshot " + snapshot.get() + " of image " + image.spec()))
                    .id();
        }
        return new CheckObjectMap(open(), snapId, progress).run() == 0;
    }

    @Override
    public void removeSnapshot(long id) throws RadosException {
        new RemoveSnapshot(open(), id, others).run();
    }

    @Override
    public void unprotectAndRemoveSnapshot(String name) throws RadosException {
        Objects.requireNonNull(name, "name");
        SnapshotState snapshot = fresh().snapshot(name)
                .orElseThrow(() ->
                        RadosException.of(Errno.ENOENT, "looking for snapshot " + name + " of image " + image.spec()));
        Outcomes.verb("removing protected snapshot " + name + " of image " + image.spec(), () -> {
            if (snapshot.protection() != Protection.UNPROTECTED) {
                unprotectSnapshot(name);
            }
            removeSnapshot(name);
        });
    }

    @Override
    public void forceRemoveSnapshot(String name, Progress progress) throws RadosException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(progress, "progress");
        SnapshotState snapshot = fresh().snapshot(name)
                .orElseThrow(() ->
                        RadosException.of(Errno.ENOENT, "looking for snapshot " + name + " of image " + image.spec()));
        Outcomes.verb(
                "removing snapshot " + name + " of image " + image.spec() + " and its links to clones",
                () -> flattenAndRemove(name, snapshot, progress));
    }

    private void flattenAndRemove(String name, SnapshotState snapshot, Progress progress) throws RadosException {
        List<LinkedImage> clones = LinkedImages.of(open(), snapshot.id());
        for (int done = 0; done < clones.size(); done++) {
            if (progress.isCancelled()) {
                throw RadosException.of(Errno.ECANCELED, "flattening the clones of " + image.spec() + "@" + name);
            }
            flatten(clones.get(done));
            progress.report(done + 1, clones.size());
        }
        if (snapshot.protection() != Protection.UNPROTECTED) {
            unprotectSnapshot(name);
        }
        removeSnapshot(name);
    }

    private void flatten(LinkedImage clone) throws RadosException {
        Pool pool = image.pool().viewOf(image.pool().rados().pool(clone.poolId()));
        others.open(
                pool.inNamespace(clone.spec().namespace()),
                clone.id(),
                clone.spec().image(),
                child -> new FlattenImage(child, Progress.NONE, others).run());
    }

    @Override
    public void renameSnapshot(String name, String newName) throws RadosException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(newName, "newName");
        new RenameSnapshot(open(), name, newName).run();
    }

    @Override
    public void rollBack(String snapshot, Progress progress) throws RadosException {
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(progress, "progress");
        new RollBackSnapshot(open(), snapshot, progress).run();
    }

    @Override
    public OptionalLong snapshotLimit() throws RadosException {
        return new LimitSnapshots(open()).get();
    }

    @Override
    public void setSnapshotLimit(OptionalLong limit) throws RadosException {
        if (Objects.requireNonNull(limit, "limit").orElse(0) < 0) {
            throw new IllegalArgumentException("limit: " + limit.getAsLong());
        }
        new LimitSnapshots(open()).set(limit);
    }

    @Override
    public void diff(DiffOptions options, Progress progress, Consumer<DiffExtent> each) throws RadosException {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(each, "each");
        new DiffImage(open(), options, progress).run(each);
    }

    @Override
    public SnapshotOwner snapshotOwner(long id) throws RadosException {
        return new ImageDetails(open()).owner(fresh(), id);
    }

    @Override
    public List<LinkedImage> linkedChildren() throws RadosException {
        fresh();
        return new LinkedImages(open()).children();
    }

    @Override
    public List<LinkedImage> descendants() throws RadosException {
        fresh();
        return new LinkedImages(open()).descendants();
    }

    @Override
    public Optional<LinkedImage> parent() throws RadosException {
        fresh();
        return new LinkedImages(open()).parent();
    }

    @Override
    public long opFeatures() throws RadosException {
        return fresh().opFeatures();
    }

    @Override
    public ImageTimes times() throws RadosException {
        return new ImageDetails(open()).times();
    }

    @Override
    public Optional<GroupRef> group() throws RadosException {
        return new ImageDetails(open()).group();
    }

    @Override
    public Map<String, byte[]> metadata() throws RadosException {
        return new ImageMetadata(open().pool(), image.id()).list();
    }

    @Override
    public byte[] metadata(String key) throws RadosException {
        Objects.requireNonNull(key, "key");
        return new ImageMetadata(open().pool(), image.id()).get(key);
    }

    @Override
    public void setMetadata(String key, byte[] value) throws RadosException {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        new UpdateMetadata(open(), key).set(value);
    }

    @Override
    public void removeMetadata(String key) throws RadosException {
        Objects.requireNonNull(key, "key");
        new UpdateMetadata(open(), key).remove();
    }

    @Override
    public List<ConfigOption> config() throws RadosException {
        return overrides().list();
    }

    @Override
    public ConfigOption config(String option) throws RadosException {
        Objects.requireNonNull(option, "option");
        return overrides().get(option);
    }

    @Override
    public void setConfig(String option, String value) throws RadosException {
        Objects.requireNonNull(option, "option");
        Objects.requireNonNull(value, "value");
        String key = overrides().keyOf(option, value);
        new UpdateMetadata(open(), key).set(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void removeConfig(String option) throws RadosException {
        Objects.requireNonNull(option, "option");
        new UpdateMetadata(open(), ConfigOverrides.keyOf(option)).remove();
    }

    private ConfigOverrides overrides() throws RadosException {
        return ConfigOverrides.of(open().pool(), image.id());
    }

    // ---- the image as bytes in order

    @Override
    public ImageChannel channel(int depth) {
        return new OpenImageChannel(this, depth);
    }

    @Override
    public InputStream inputStream(long offset, long length, int depth) {
        Transfer.checkRange("offset", offset, "length", length);
        return new ImageInputStream(this, offset, Transfer.end(offset, length), depth);
    }

    @Override
    public OutputStream outputStream(long offset, long length, int depth) {
        Transfer.checkRange("offset", offset, "length", length);
        return new ImageOutputStream(this, offset, Transfer.end(offset, length), depth);
    }

    @Override
    public long upload(ReadableByteChannel source, int depth, Progress progress) throws IOException {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(progress, "progress");
        return Transfer.upload(this, source, depth, progress);
    }

    @Override
    public long download(WritableByteChannel sink, int depth, Progress progress) throws IOException {
        Objects.requireNonNull(sink, "sink");
        Objects.requireNonNull(progress, "progress");
        return Transfer.download(this, sink, depth, progress);
    }
}
