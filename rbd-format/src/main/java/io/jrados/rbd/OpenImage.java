package io.jrados.rbd;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WatcherInfo;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.image.ImageIo;
import io.jrados.rbd.io.ImageState;
import io.jrados.rbd.lock.Peers;
import io.jrados.rbd.model.DoubtfulExtent;
import io.jrados.rbd.model.ExtentReader;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.QuiesceHook;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotQuiesce;
import io.jrados.rbd.ops.CreateSnapshot;
import io.jrados.rbd.ops.FlattenImage;
import io.jrados.rbd.ops.ListChildren;
import io.jrados.rbd.ops.ProtectSnapshot;
import io.jrados.rbd.ops.RemoveSnapshot;
import io.jrados.rbd.ops.ResizeImage;
import io.jrados.rbd.ops.UnprotectSnapshot;
import io.jrados.rbd.shared.OpenImages;
import io.jrados.rbd.shared.SharedImage;
import io.jrados.rbd.shared.WatchedSnapshot;
import io.jrados.rbd.wait.Within;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** An open image: its header, the way of its data, and its watch if it was opened for writing. */
final class OpenImage extends ImageVerbs {
    private final ImageContext image;
    private final ImageIo io;
    private final Optional<SharedImage> shared;
    private final Optional<WatchedSnapshot> snapshot;
    private final ImageLock lock;
    private final OpenImages.Explains waiting = this::explain;
    private volatile boolean closed;

    private OpenImage(ImageContext image, Optional<SharedImage> shared, Optional<WatchedSnapshot> snapshot) {
        super(image);
        this.image = image;
        this.io = new ImageIo(image);
        this.shared = shared;
        this.snapshot = snapshot;
        this.lock = new OpenImageLock(this, image, shared, this::open);
        OpenImages.of(image.pool().rados()).add(waiting);
    }

    /** Adds what an open image itself waits for; its {@link SharedImage} tells the rest. */
    private void explain(Explanation.Builder all) {
        io.explain(all);
        if (shared.isEmpty()) {
            image.explain(all);
        }
    }

    /** Without a watch: it does not hear of changes. */
    static OpenImage readOnly(ImageContext image) {
        return new OpenImage(image, Optional.empty(), Optional.empty());
    }

    /** Watches the header if its user may: it hears when the snapshot is removed. */
    static OpenImage atSnapshot(ImageContext image) throws RadosException {
        return new OpenImage(image, Optional.empty(), Optional.of(WatchedSnapshot.of(image)));
    }

    /** Watches the header, and takes part in its locking. */
    static OpenImage shared(ImageContext image) throws RadosException {
        return new OpenImage(image, Optional.of(SharedImage.of(image)), Optional.empty());
    }

    @Override
    public Pool pool() {
        return image.pool();
    }

    @Override
    public String name() {
        return image.name();
    }

    @Override
    public String id() {
        return image.id();
    }

    @Override
    public long size() {
        return ImageProperties.size(image, image.state());
    }

    @Override
    public ImageInfo info() {
        return ImageProperties.of(image);
    }

    @Override
    public boolean isReadOnly() {
        return image.isReadOnly();
    }

    @Override
    public CompletableFuture<Void> readAsync(long offset, ByteBuffer into) {
        if (offset < 0) {
            return negative("offset", offset);
        }
        if (into == null) {
            return missing("into");
        }
        return io.read(offset, into);
    }

    @Override
    public CompletableFuture<Void> readExtentsAsync(long offset, long length, ExtentReader reader) {
        if (offset < 0) {
            return negative("offset", offset);
        }
        if (length < 0) {
            return negative("length", length);
        }
        if (reader == null) {
            return missing("reader");
        }
        return io.readExtents(offset, length, reader);
    }

    @Override
    public CompletableFuture<Void> writeAsync(long offset, ByteBuffer data) {
        if (offset < 0) {
            return negative("offset", offset);
        }
        if (data == null) {
            return missing("data");
        }
        return io.write(offset, data);
    }

    @Override
    public CompletableFuture<Void> readAsync(long offset, List<ByteBuffer> into) {
        if (offset < 0) {
            return negative("offset", offset);
        }
        if (into == null) {
            return missing("into");
        }
        return io.read(offset, into);
    }

    @Override
    public CompletableFuture<Void> writeAsync(long offset, List<ByteBuffer> data) {
        if (offset < 0) {
            return negative("offset", offset);
        }
        if (data == null) {
            return missing("data");
        }
        return io.write(offset, data);
    }

    @Override
    public CompletableFuture<Void> writeZeroesAsync(long offset, long length, boolean thick) {
        if (offset < 0) {
            return negative("offset", offset);
        }
        if (length < 0) {
            return negative("length", length);
        }
        return io.commands().writeZeroes(offset, length, thick);
    }

    @Override
    public CompletableFuture<Void> writeSameAsync(long offset, long length, ByteBuffer pattern) {
        if (offset < 0) {
            return negative("offset", offset);
        }
        if (length < 0) {
            return negative("length", length);
        }
        if (pattern == null) {
            return missing("pattern");
        }
        return io.commands().writeSame(offset, length, pattern);
    }

    @Override
    public CompletableFuture<Void> compareAndWriteAsync(long offset, ByteBuffer expected, ByteBuffer data) {
        if (offset < 0) {
            return negative("offset", offset);
        }
        if (expected == null) {
            return missing("expected");
        }
        if (data == null) {
            return missing("data");
        }
        return io.commands().compareAndWrite(offset, expected, data);
    }

    @Override
    public CompletableFuture<Void> discardAsync(long offset, long length) {
        if (offset < 0) {
            return negative("offset", offset);
        }
        if (length < 0) {
            return negative("length", length);
        }
        return io.discard(offset, length);
    }

    @Override
    public List<DoubtfulExtent> inDoubt() {
        return image.doubts().extents();
    }

    @Override
    public CompletableFuture<Void> flushAsync() {
        try {
            open();
        } catch (RadosException closing) {
            return CompletableFuture.failedFuture(closing);
        }
        return io.flush();
    }

    @Override
    public void invalidateCache() {
        io.invalidateCache();
    }

    @Override
    public void resize(long size, boolean mayShrink, Progress progress) throws RadosException {
        Objects.requireNonNull(progress, "progress");
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size);
        }
        new ResizeImage(open(), size, mayShrink, progress).run();
    }

    @Override
    public List<SnapshotInfo> snapshots() throws RadosException {
        return fresh().snapshots().stream().map(SnapshotState::info).toList();
    }

    @Override
    public void createSnapshot(String name) throws RadosException {
        Objects.requireNonNull(name, "name");
        new CreateSnapshot(open(), name).run();
    }

    @Override
    public void createSnapshot(String name, SnapshotQuiesce quiesce) throws RadosException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(quiesce, "quiesce");
        new CreateSnapshot(open(), name, quiesce).run();
    }

    @Override
    public void removeSnapshot(String name) throws RadosException {
        Objects.requireNonNull(name, "name");
        new RemoveSnapshot(open(), name, others).run();
    }

    @Override
    public void protectSnapshot(String name) throws RadosException {
        Objects.requireNonNull(name, "name");
        new ProtectSnapshot(open(), name).run();
    }

    @Override
    public void unprotectSnapshot(String name) throws RadosException {
        Objects.requireNonNull(name, "name");
        new UnprotectSnapshot(open(), name).run();
    }

    @Override
    public boolean isSnapshotProtected(String name) throws RadosException {
        Objects.requireNonNull(name, "name");
        return fresh().snapshot(name)
                .orElseThrow(() ->
                        RadosException.of(Errno.ENOENT, "looking for snapshot " + name + " of image " + image.spec()))
                .info()
                .isProtected();
    }

    @Override
    public void flatten(Progress progress) throws RadosException {
        Objects.requireNonNull(progress, "progress");
        new FlattenImage(open(), progress, others).run();
    }

    @Override
    public List<ImageSpec> children() throws RadosException {
        fresh();
        return new ListChildren(open()).run();
    }

    @Override
    public List<WatcherInfo> watchers() throws RadosException {
        long self = image.pool().rados().instanceId();
        long handle = shared.flatMap(SharedImage::peers)
                .map(Peers::watchHandle)
                .or(() -> snapshot.map(WatchedSnapshot::watchHandle))
                .orElse(0L);
        return open().pool().operate(image.header(), new ReadOperation().listWatchers()).watchers(0).stream()
                .filter(watcher -> watcher.clientId() != self || watcher.cookie() != handle)
                .toList();
    }

    @Override
    public void refresh() throws RadosException {
        open().refresh();
    }

    @Override
    boolean isClosed() {
        return io.isClosed();
    }

    /** Without a watch nobody says when the header changes. */
    @Override
    ImageState fresh() throws RadosException {
        if (shared.isEmpty() || open().gate().isStale()) {
            open().refresh();
        }
        return image.state();
    }

    @Override
    public ImageLock lock() {
        return lock;
    }

    @Override
    public Registration onUpdate(Runnable watcher) throws RadosException {
        Objects.requireNonNull(watcher, "watcher");
        Peers peers = peers();
        peers.addUpdateWatcher(watcher);
        return () -> peers.removeUpdateWatcher(watcher);
    }

    @Override
    public Registration onQuiesce(QuiesceHook hook) throws RadosException {
        Objects.requireNonNull(hook, "hook");
        Peers peers = peers();
        peers.addQuiesceHook(hook);
        return () -> peers.removeQuiesceHook(hook);
    }

    private Peers peers() throws RadosException {
        open();
        return image.access()
                .peers()
                .orElseThrow(() -> new RadosException(
                        Errno.EROFS, "watching image " + image.spec() + ", which was opened read-only"));
    }

    @Override
    public void close() throws RadosException {
        Wait.throughInterrupts(closeAsync());
    }

    /** One deadline, that of the pool's operations, bounds all of it. */
    @Override
    public CompletableFuture<Void> closeAsync() {
        if (closed) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> written = io.closeAsync();
        shared.ifPresent(SharedImage::leave);
        CompletableFuture<Void> all = written.handle((done, failed) -> shared)
                .thenCompose(open -> open.map(SharedImage::closeAsync)
                        .or(() -> snapshot.map(WatchedSnapshot::closeAsync))
                        .orElse(written))
                .thenCompose(left -> written);
        return Within.of(image.pool(), all, () -> late(written)).thenRun(() -> {
            closed = true;
            OpenImages.of(image.pool().rados()).remove(waiting);
        });
    }

    private DeadlineException late(CompletableFuture<Void> written) {
        String doing = "closing image " + image.spec() + (written.isDone() ? "" : ", which still has writes under way");
        return shared.map(open -> open.late(doing))
                .orElseGet(() -> new DeadlineException(doing, DeadlineException.Sent.UNKNOWN, null));
    }

    private static CompletableFuture<Void> negative(String argument, long value) {
        return CompletableFuture.failedFuture(new IllegalArgumentException(argument + ": " + value));
    }

    private static CompletableFuture<Void> missing(String argument) {
        return CompletableFuture.failedFuture(new NullPointerException(argument));
    }

    @Override
    public String toString() {
        return "image " + image.spec();
    }
}
