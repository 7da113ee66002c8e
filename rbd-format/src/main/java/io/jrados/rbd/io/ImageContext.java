package io.jrados.rbd.io;

import io.jrados.conf.CephConf;
import io.jrados.conf.Deadlines;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.FencedException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteInDoubt;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.HeaderCalls.FeatureBits;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ParentImageSpec;
import io.jrados.rbd.model.Features;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An image whose header has been read: what the data plane and the verbs work on. It holds no watch, no thread and
 * nothing of the cluster's; whoever wants to hear of changes watches the header and calls {@link #invalidate()}.
 *
 * <p>Everything but {@link #state()} stays as it is for the image's life.
 */
public final class ImageContext {
    /** Parents of parents are followed so far. */
    private static final int MAX_PARENTS = 64;

    private final Pool pool;
    private final Pool changePool;
    private final Pool dataPool;
    private final Pool plainDataPool;
    private final String id;
    private final String name;
    private final long snapId;
    private final boolean readOnly;
    private final int depth;
    private final HeaderReader.Fixed fixed;
    private final HeaderReader reader;
    private final DataObjects objects;
    private final SnapshotPresence presence;
    private final Doubts doubts;
    private final Gate gate;
    private volatile Supplier<CompletableFuture<Void>> beforeRefresh = ImageContext::nothing;
    private volatile Supplier<CompletableFuture<Void>> afterAcquire = this::openObjectMap;
    private volatile Supplier<CompletableFuture<Void>> beforeRelease = this::closeObjectMap;
    private volatile WriteAccess access = WriteAccess.NONE;
    private volatile Optional<RadosException> fenced = Optional.empty();
    private volatile ImageState state;
    private volatile IoOptions options;
    private volatile Pool readPool;
    private volatile @Nullable ObjectMap objectMap;
    private volatile boolean mapInDoubt;
    private volatile Optional<String> whyReadOnly = Optional.empty();

    private final Map<String, String> poolOverrides;

    private ImageContext(
            Opening opening,
            Map<String, String> poolOverrides,
            Pool dataPool,
            HeaderReader reader,
            HeaderReader.Fixed fixed,
            ImageState state) {
        this.pool = opening.pool;
        Duration writeDeadline = Deadlines.imageWrite(pool.deadline());
        DoubtfulExtents extents =
                new DoubtfulExtents(fixed.layout(), fixed.dataPrefix(), header(opening.id), this::sizeNow);
        this.doubts = new Doubts(opening.text(), extents::of, () -> pool.rados().loop(), writeDeadline);
        this.changePool = pool.withDoubts(this::headerInDoubt);
        this.dataPool = dataPool.withDeadline(writeDeadline).withDoubts(doubts);
        this.plainDataPool = dataPool;
        this.readPool = dataPool;
        this.poolOverrides = poolOverrides;
        this.options = IoOptions.of(opening.pool.rados().conf());
        this.id = opening.id;
        this.name = opening.name;
        this.snapId = opening.snapId;
        this.readOnly = opening.readOnly;
        this.depth = opening.depth;
        this.reader = reader;
        this.fixed = fixed;
        this.state = state;
        this.objects = new DataObjects(this);
        this.presence = new SnapshotPresence(this, snapId != SnapContext.HEAD && depth == 0);
        this.gate = new Gate(
                this::readHeader,
                this::mayWrite,
                () -> access.acquireAsync(),
                () -> access.obstacle(),
                doubts,
                new GateRounds(
                        () -> pool.rados().loop(), pool::deadline, pool.rados().environment()));
    }

    private long sizeNow() {
        return state.size();
    }

    /**
     * A change of the header, or of an object map, that may come at any time: what was read of the header is old then.
     */
    private void headerInDoubt(WriteInDoubt write) {
        doubts.accept(write);
        if (write.object().equals(header())) {
            write.settledAsync().thenRun(gate::markStale);
        }
    }

    /**
     * Completes, without a deadline, when no change of the header that was made here is in doubt. Until then what is
     * read of it may be old at once.
     */
    public CompletableFuture<Void> headerSettledAsync() {
        return doubts.overAsync(header()::equals);
    }

    private boolean isObjectMap(String object) {
        return !object.equals(header()) && !object.startsWith(dataPrefix());
    }

    private static CompletableFuture<Void> nothing() {
        return CompletableFuture.completedFuture(null);
    }

    /** The image to open; {@code depth} children hang on it. */
    private record Opening(Pool pool, String id, String name, long snapId, boolean readOnly, int depth) {
        String text() {
            String image = pool.name() + "/" + (pool.namespace().isEmpty() ? "" : pool.namespace() + "/") + name;
            return snapId == SnapContext.HEAD ? image : image + " at snapshot " + snapId;
        }
    }

    /**
     * Reads a header, and those of the parents.
     *
     * @param pool with the header, in the image's namespace
     * @param name for messages; the id where it is not known
     * @param snapId {@link SnapContext#HEAD}, or the snapshot to read from
     * @param readOnly whether nothing will be written: fewer features are refused then
     */
    public static CompletableFuture<ImageContext> openAsync(
            Pool pool, String id, String name, long snapId, boolean readOnly) {
        return openAsync(new Opening(pool, id, name, snapId, readOnly, 0));
    }

    private static CompletableFuture<ImageContext> openAsync(Opening opening) {
        String doing = "opening image " + opening.text();
        HeaderReader reader = new HeaderReader(opening.pool, ObjectNames.header(opening.id), opening.readOnly, doing);
        return Async.compose(reader.fixed(), fixed -> {
            refuseUnreadable(opening.text(), fixed.features());
            CompletableFuture<Map<String, String>> ofPool = HeaderReader.ofPool(opening.pool);
            return dataPool(opening.pool, fixed.dataPool())
                    .thenCompose(dataPool -> ofPool.thenCompose(overrides -> {
                        ImageContext image = new ImageContext(
                                opening,
                                overrides,
                                dataPool,
                                reader,
                                fixed,
                                new ImageState(
                                        0,
                                        fixed.features().all(),
                                        0,
                                        0,
                                        SnapContext.EMPTY,
                                        List.of(),
                                        Optional.empty()));
                        return Async.apply(image.readHeader(), nothing -> {
                            if (opening.snapId != SnapContext.HEAD
                                    && image.state.snapshot(opening.snapId).isEmpty()) {
                                throw RadosException.of(Errno.ENOENT, doing);
                            }
                            return image;
                        });
                    }));
        });
    }

    private static void refuseUnreadable(String image, FeatureBits features) throws RadosException {
        Optional<String> why = Features.whyNotReadable(features.incompatible(), image);
        if (why.isEmpty() && (features.all() & Features.MIGRATING) != 0) {
            why = Optional.of(
                    "part of the data of " + image + ", which is being migrated, is elsewhere: finish with 'rbd"
                            + " migration execute' and 'rbd migration commit'");
        }
        if (why.isPresent()) {
            throw new RadosException(Errno.ENOSYS, "opening an image: " + why.get());
        }
    }

    private static CompletableFuture<Pool> dataPool(Pool pool, long dataPool) {
        return dataPool < 0 || dataPool == pool.id()
                ? CompletableFuture.completedFuture(pool)
                : pool.rados().poolAsync(dataPool).thenApply(pool::viewOf);
    }

    /** The pool and namespace of the header. */
    public Pool pool() {
        return pool;
    }

    /**
     * The pool and namespace of the header, for changes of the header and the object maps. Those that are in doubt
     * count as inside the gate. Locks and watches have their own ways, and use {@link #pool}.
     */
    public Pool changePool() {
        return changePool;
    }

    /** The pool of the data objects, in the same namespace: where snapshot ids come from. */
    public Pool dataPool() {
        return dataPool;
    }

    public String id() {
        return id;
    }

    public String name() {
        return name;
    }

    /** Pool, namespace and name, as the {@code rbd} command writes them. */
    public String spec() {
        return new Opening(pool, id, name, SnapContext.HEAD, readOnly, depth).text();
    }

    private static String header(String id) {
        return ObjectNames.header(id);
    }

    /** Name of the header object. */
    public String header() {
        return header(id);
    }

    public Layout layout() {
        return fixed.layout();
    }

    /** Returns the prefix of the number in the names of the data objects. */
    public String dataPrefix() {
        return fixed.dataPrefix();
    }

    /** Name of a data object. */
    public String dataObject(long number) {
        return ObjectNames.data(fixed.dataPrefix(), number);
    }

    /** {@link SnapContext#HEAD} or the snapshot that is read from. */
    public long snapId() {
        return snapId;
    }

    /** Whether it was opened so, at a snapshot, or has a feature that this client cannot keep true. */
    public boolean isReadOnly() {
        return readOnly || snapId != SnapContext.HEAD || whyReadOnly().isPresent();
    }

    /**
     * Returns the reason why it is read-only although that was not asked for: a feature that this client cannot keep
     * true.
     */
    public Optional<String> whyReadOnly() {
        return whyReadOnly;
    }

    /** Returns the options that requests obey; changes with the header. */
    IoOptions options() {
        return options;
    }

    private void follow(Map<String, String> overrides) {
        CephConf conf = pool.rados().conf();
        options = IoOptions.of(conf.withOverrides(poolOverrides, "the metadata of pool " + pool.name())
                .withOverrides(overrides, "the metadata of image " + spec()));
        ReadPolicy policy = depth > 0
                ? options.parentReads()
                : snapId == SnapContext.HEAD ? options.headReads() : options.snapshotReads();
        readPool = policy == ReadPolicy.DEFAULT ? plainDataPool : plainDataPool.withReadPolicy(policy);
    }

    /** The data objects' pool, for reads: replicas may serve them. */
    Pool readPool() {
        return readPool;
    }

    /** Returns the state that the header had when it was last read. Writers read it inside the gate. */
    public ImageState state() {
        return state;
    }

    public Gate gate() {
        return gate;
    }

    /**
     * Returns the writes that were sent and may still be applied although nobody waits for them. The lock must not be
     * given away before.
     */
    public Doubts doubts() {
        return doubts;
    }

    /** Requests to the single data objects; they do not pass the gate by themselves. */
    public ObjectIo objects() {
        return objects;
    }

    /** Whether the snapshot that is open is still there, for who was told that an object of it is not. */
    SnapshotPresence presence() {
        return presence;
    }

    /**
     * Makes sure that a snapshot of this image was there all the time, for who has read by it.
     *
     * @param id {@link SnapContext#HEAD} is always there
     * @throws RadosException ENOENT
     */
    public void confirmSnapshot(long id) throws RadosException {
        Wait.on(SnapshotPresence.confirmAsync(this, id));
    }

    DataObjects dataObjects() {
        return objects;
    }

    /** The parent, open at its snapshot, if what is open here is linked to one. */
    public Optional<ImageContext> parent() {
        return state.parent().flatMap(ParentState::image);
    }

    /** Runs before each later refresh, which fails if this does: for a watch that must be there. */
    public void beforeRefresh(Supplier<CompletableFuture<Void>> step) {
        beforeRefresh = step;
    }

    /** Returns the access to the image's lock, if it has one. */
    public WriteAccess access() {
        return access;
    }

    public void access(WriteAccess lock) {
        access = lock;
        gate.reviewWriters();
    }

    /** Whether writing and maintenance need the image's lock. */
    public boolean needsLock() {
        return state.has(Features.EXCLUSIVE_LOCK);
    }

    /** Tells whether writers may enter; a read-only image lets them in too: they are refused inside. */
    private boolean mayWrite() {
        return !needsLock() || isReadOnly() || access.isOwned();
    }

    /** Runs each time when the lock has been got and the header read, before writers are let in; with the gate held. */
    public void afterAcquire(Supplier<CompletableFuture<Void>> step) {
        afterAcquire = step;
    }

    /** Runs each time before the lock is given away, when the last writer is out; with the gate held. */
    public void beforeRelease(Supplier<CompletableFuture<Void>> step) {
        beforeRelease = step;
    }

    /**
     * Runs the steps that follow the lock: the header is read, and what hangs on the lock is opened.
     *
     * @param hold shows that the gate is held
     */
    public CompletableFuture<Void> lockAcquired(Gate.Hold hold) {
        return gate.refreshAsync(hold).thenCompose(fresh -> afterAcquire.get());
    }

    /**
     * Runs the steps that precede giving the lock away.
     *
     * @param hold shows that the gate is held
     */
    public CompletableFuture<Void> beforeLockRelease(Gate.Hold hold) {
        return beforeRelease.get();
    }

    /** This client is fenced: every later request fails with {@link FencedException}, even if the fence comes down. */
    public void fence(RadosException why) {
        fenced = fenced.or(() -> Optional.of(why));
        gate.markStale();
    }

    /** @throws FencedException if this client has been fenced since the image was opened */
    public void checkNotFenced() throws RadosException {
        Optional<RadosException> why = fenced;
        if (why.isPresent()) {
            throw new FencedException("using image " + spec() + ", for good", why.get());
        }
    }

    /** The object map of the head, while the lock is ours and the image has one. */
    public Optional<ObjectMap> objectMap() {
        return Optional.ofNullable(objectMap);
    }

    /** For who is inside the gate. */
    @Nullable
    ObjectMap mapOrNull() {
        return objectMap;
    }

    /** For readers, who may still be there when the lock is another's. */
    @Nullable
    ObjectMap mapOfOwnerOrNull() {
        ObjectMap map = objectMap;
        return map != null && access.isOwned() ? map : null;
    }

    private CompletableFuture<Void> openObjectMap() {
        if (!state.has(Features.OBJECT_MAP) || snapId != SnapContext.HEAD) {
            objectMap = null;
            return nothing();
        }
        return doubts.settledAsync("opening the object map of", this::isObjectMap)
                .thenCompose(settled -> ObjectMap.openAsync(this))
                .thenAccept(opened -> objectMap = opened);
    }

    private CompletableFuture<Void> closeObjectMap() {
        ObjectMap closed = objectMap;
        objectMap = null;
        return closed == null ? nothing() : closed.closeAsync();
    }

    /** Somebody may have switched the map on or off, or found it wrong. */
    private CompletableFuture<Void> followObjectMap() {
        ObjectMap current = objectMap;
        if (current != null && !state.has(Features.OBJECT_MAP)) {
            return closeObjectMap();
        }
        if (current == null && state.has(Features.OBJECT_MAP) && access.isOwned()) {
            return openObjectMap();
        }
        if (current != null && mapInDoubt && access.isOwned()) {
            mapInDoubt = false;
            return openObjectMap().whenComplete((opened, failed) -> mapInDoubt |= failed != null);
        }
        if (current != null) {
            current.headerSays(state.flags());
        }
        return nothing();
    }

    /** The header has changed: it is read anew before the next request. */
    public void invalidate() {
        gate.markStale();
    }

    /**
     * A change of the header and the object map has failed, perhaps half done: both are read anew before the next
     * request.
     *
     * @param hold shows that the gate is held, which {@link Gate.Hold#close} opens with nobody let in before that
     */
    public void distrust(Gate.Hold hold) {
        mapInDoubt = true;
        gate.markStale();
    }

    /**
     * Closes the gate and waits until all writes are out. Whoever holds it may change what the header says. Who is
     * interrupted while waiting holds nothing, now or later.
     *
     * @param by what closes it, as a participle: those who wait for long are told
     * @throws RadosException ETIMEDOUT if writes are under way for longer than the pool's deadline
     */
    public Gate.Hold hold(String by) throws RadosException {
        CompletableFuture<Gate.Hold> granted = gate.closeAsync(by);
        try {
            return Wait.owning(granted, Gate.Hold::close);
        } finally {
            granted.cancel(false);
        }
    }

    /** Reads the header anew, for one who does not hold the gate. */
    public void refresh() throws RadosException {
        try (Gate.Hold hold = hold("reading its header anew")) {
            Wait.on(refreshAsync(hold));
        }
    }

    /** Reads the header anew, for one who holds the gate. It stays closed until that has ended. */
    public CompletableFuture<Void> refreshAsync(Gate.Hold hold) {
        return gate.refreshAsync(hold);
    }

    /** Adds whoever waits at the gate. Must not block. */
    public void explain(Explanation.Builder all) {
        gate.view().explain(spec(), all);
    }

    /** Makes a request that enters the gate first and leaves when it is done: for object requests of verbs. */
    public <T> CompletableFuture<T> inside(Supplier<CompletableFuture<T>> request) {
        InsideRequest<T> inside = new InsideRequest<>(request, this::fence);
        gate.enter(inside);
        return inside;
    }

    private CompletableFuture<Void> readHeader() {
        try {
            checkNotFenced();
        } catch (RadosException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        // A read may overtake a change that is in doubt: what it says would be believed for too long.
        CompletableFuture<HeaderReader.Mutable> reading = doubts.settledAsync("reading the header of", header()::equals)
                .thenCompose(settled -> beforeRefresh.get())
                .thenCompose(ready -> reader.mutable());
        return Async.compose(reading, read -> {
            refuseUnreadable(spec(), read.features());
            return parent(read).thenCompose(parent -> {
                whyReadOnly = Features.whyNotWritable(read.features().all(), spec());
                state = new ImageState(
                        read.size(),
                        read.features().all(),
                        read.opFeatures(),
                        read.flags(),
                        read.snapContext(),
                        read.snapshots(),
                        parent);
                follow(read.overrides());
                gate.reviewWriters();
                access.headerRead(needsLock());
                return followObjectMap();
            });
        });
    }

    /** The parent is opened only if what is open here shares something with it, and once. */
    private CompletableFuture<Optional<ParentState>> parent(HeaderReader.Mutable read) {
        ParentImageSpec spec = read.parent();
        if (!spec.exists()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        if (!isLinked(read)) {
            return CompletableFuture.completedFuture(
                    Optional.of(new ParentState(spec, read.overlap(), Optional.empty())));
        }
        Optional<ImageContext> known =
                state.parent().filter(before -> before.spec().equals(spec)).flatMap(ParentState::image);
        return known.map(CompletableFuture::completedFuture)
                .orElseGet(() -> openParent(spec))
                .thenApply(image -> Optional.of(new ParentState(spec, read.overlap(), Optional.of(image))));
    }

    private boolean isLinked(HeaderReader.Mutable read) {
        return snapId == SnapContext.HEAD
                ? read.overlap().isPresent()
                : read.snapshots().stream().anyMatch(snapshot -> snapshot.id() == snapId && snapshot.overlap() > 0);
    }

    private CompletableFuture<ImageContext> openParent(ParentImageSpec spec) {
        if (depth == MAX_PARENTS) {
            return CompletableFuture.failedFuture(new RadosException(
                    Errno.EMLINK, "opening the parent of " + spec() + ", which is number " + depth + " of a chain"));
        }
        return pool.rados().poolAsync(spec.pool()).thenCompose(found -> {
            Pool parentPool = pool.viewOf(found).inNamespace(spec.namespace());
            return nameOf(parentPool, spec.imageId())
                    .thenCompose(parentName -> openAsync(
                            new Opening(parentPool, spec.imageId(), parentName, spec.snapId(), true, depth + 1)));
        });
    }

    /** An image in the trash has no name: its id then. */
    private static CompletableFuture<String> nameOf(Pool pool, String id) {
        return ClassCalls.readAsync(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirGetName(id))
                .exceptionallyCompose(failed -> Async.isAbsent(Async.cause(failed))
                        ? CompletableFuture.completedFuture(id)
                        : CompletableFuture.failedFuture(failed));
    }
}
