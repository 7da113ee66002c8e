package io.jrados.rbd.image;

import io.jrados.conf.Deadlines;
import io.jrados.error.ClosedException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.FencedException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteInDoubt;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.header.IoOptions;
import io.jrados.rbd.io.DataObjects;
import io.jrados.rbd.io.HeadMap;
import io.jrados.rbd.io.ImageReads;
import io.jrados.rbd.io.ImageState;
import io.jrados.rbd.io.ImageView;
import io.jrados.rbd.io.MappedImage;
import io.jrados.rbd.io.ObjectIo;
import io.jrados.rbd.io.ObjectMap;
import io.jrados.rbd.io.SnapshotPresence;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.wait.Async;
import io.jrados.rbd.wait.Doubts;
import io.jrados.rbd.wait.Gate;
import io.jrados.rbd.wait.GateRounds;
import io.jrados.rbd.wait.InsideRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
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
public final class ImageContext implements ImageView, MappedImage {
    private final Opening opening;
    private final OpenHeader fixed;
    private final Pool changePool;
    private final Pool dataPool;
    private final DataObjects objects;
    private final SnapshotPresence presence;
    private final Doubts doubts;
    private final Gate gate;
    private final HeadMap map;
    private volatile Supplier<CompletableFuture<Void>> beforeRefresh = () -> CompletableFuture.completedFuture(null);
    private volatile WriteAccess access = WriteAccess.NONE;
    private volatile Optional<RadosException> fenced = Optional.empty();

    /** The header as it was read the last time. */
    private volatile OpenHeader.Read read;

    private ImageContext(OpenHeader fixed) {
        this.fixed = fixed;
        this.opening = fixed.opening();
        this.read = fixed.unread();
        Pool pool = opening.pool();
        Duration writeDeadline = Deadlines.imageWrite(pool.deadline());
        DoubtfulExtents extents = new DoubtfulExtents(fixed.layout(), fixed.dataPrefix(), header(), this::headSize);
        this.doubts = new Doubts(opening.text(), extents::of, () -> pool.rados().loop(), writeDeadline);
        this.changePool = pool.withDoubts(this::headerInDoubt);
        this.dataPool = fixed.dataPool().withDeadline(writeDeadline).withDoubts(doubts);
        this.map = new HeadMap(this, opening.isHead(), doubts, this::isObjectMap);
        this.objects = new DataObjects(this);
        this.presence = new SnapshotPresence(this, !opening.isHead() && opening.depth() == 0);
        this.gate = new Gate(
                this::readHeader,
                this::mayWrite,
                () -> access.acquireAsync(),
                () -> access.obstacle(),
                doubts,
                new GateRounds(
                        () -> pool.rados().loop(), pool::deadline, pool.rados().environment()));
    }

    /**
     * A change of the header, or of an object map, that may come at any time: what was read of the header is old then.
     */
    private void headerInDoubt(WriteInDoubt write) {
        doubts.accept(write);
        if (write.object().equals(header())) {
            write.settledAsync().thenRun(gate::markChanged);
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
        return OpenHeader.openAsync(opening, ImageContext::openAsync).thenCompose(fixed -> {
            ImageContext image = new ImageContext(fixed);
            return Async.apply(image.readHeader(), nothing -> {
                if (!opening.isHead()
                        && image.state().snapshot(opening.snapId()).isEmpty()) {
                    throw RadosException.of(Errno.ENOENT, "opening image " + opening.text());
                }
                return image;
            });
        });
    }

    @Override
    public Pool pool() {
        return opening.pool();
    }

    /**
     * The pool and namespace of the header, for changes of the header and the object maps. Those that are in doubt
     * count as inside the gate. Locks and watches have their own ways, and use {@link #pool}.
     */
    @Override
    public Pool changePool() {
        return changePool;
    }

    /** The pool of the data objects, in the same namespace: where snapshot ids come from. */
    @Override
    public Pool dataPool() {
        return dataPool;
    }

    @Override
    public String id() {
        return opening.id();
    }

    public String name() {
        return opening.name();
    }

    @Override
    public String spec() {
        return opening.spec();
    }

    @Override
    public String header() {
        return ObjectNames.header(opening.id());
    }

    @Override
    public Layout layout() {
        return fixed.layout();
    }

    /** Returns the prefix of the number in the names of the data objects. */
    public String dataPrefix() {
        return fixed.dataPrefix();
    }

    @Override
    public String dataObject(long number) {
        return ObjectNames.data(fixed.dataPrefix(), number);
    }

    @Override
    public long snapId() {
        return opening.snapId();
    }

    @Override
    public boolean isReadOnly() {
        return opening.readOnly() || !opening.isHead() || whyReadOnly().isPresent();
    }

    /**
     * Returns the reason why it is read-only although that was not asked for: a feature that this client cannot keep
     * true.
     */
    public Optional<String> whyReadOnly() {
        return read.whyReadOnly();
    }

    @Override
    public IoOptions options() {
        return read.options();
    }

    @Override
    public Pool readPool() {
        return read.readPool();
    }

    /** Returns the state that the header had when it was last read. Writers read it inside the gate. */
    @Override
    public ImageState state() {
        return read.state();
    }

    @Override
    public long headSize() {
        return state().size();
    }

    @Override
    public boolean has(long feature) {
        return state().has(feature);
    }

    @Override
    public long mapFlags() {
        return state().flags();
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

    DataObjects dataObjects() {
        return objects;
    }

    @Override
    public void settleWrites(long object) {
        objects.settle(object);
    }

    @Override
    public void copyOnRead(ImageState state, long object) {
        objects.copyOnRead(state, object);
    }

    @Override
    public CompletableFuture<Void> readAsync(long offset, ByteBuffer into) {
        return ImageReads.read(this, state(), offset, into);
    }

    @Override
    public CompletableFuture<Void> confirmSnapshotAsync() {
        return presence.confirmAsync();
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

    /** The parent, open at its snapshot, if what is open here is linked to one. */
    public Optional<ImageContext> parent() {
        return read.parent();
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
    @Override
    public boolean needsLock() {
        return state().has(Features.EXCLUSIVE_LOCK);
    }

    @Override
    public boolean ownsLock() {
        return access.isOwned();
    }

    @Override
    public void assertOwned(WriteOperation operation) {
        access.assertOwned(operation);
    }

    /** Tells whether writers may enter; a read-only image lets them in too: they are refused inside. */
    private boolean mayWrite() {
        return !needsLock() || isReadOnly() || access.isOwned();
    }

    /**
     * Runs the steps that follow the lock: the header is read, and what hangs on the lock is opened.
     *
     * @param hold shows that the gate is held
     */
    public CompletableFuture<Void> lockAcquired(Gate.Hold hold) {
        return gate.refreshAsync(hold).thenCompose(fresh -> map.openAsync());
    }

    /**
     * Runs the steps that precede giving the lock away.
     *
     * @param hold shows that the gate is held
     */
    public CompletableFuture<Void> beforeLockRelease(Gate.Hold hold) {
        return map.closeAsync();
    }

    /**
     * Ends the image's use: every later request fails, even if the fence comes down.
     *
     * @param why this client is fenced, or closed
     */
    public void fence(RadosException why) {
        fenced = fenced.or(() -> Optional.of(why));
        gate.markStale();
    }

    /**
     * @throws FencedException if this client has been fenced since the image was opened
     * @throws ClosedException if it has been closed
     */
    public void checkNotFenced() throws RadosException {
        Optional<RadosException> why = fenced;
        if (why.isPresent()) {
            throw why.get() instanceof ClosedException
                    ? new ClosedException("using image " + spec() + ", whose client is closed", why.get())
                    : new FencedException("using image " + spec() + ", for good", why.get());
        }
    }

    /** The object map of the head, while the lock is ours and the image has one. */
    public Optional<ObjectMap> objectMap() {
        return Optional.ofNullable(map.orNull());
    }

    @Override
    public @Nullable ObjectMap mapOrNull() {
        return map.orNull();
    }

    @Override
    public @Nullable ObjectMap mapOfOwnerOrNull() {
        ObjectMap open = map.orNull();
        return open != null && access.isOwned() ? open : null;
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
        map.distrust();
        gate.markChanged();
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

    @Override
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
        return doubts.settledAsync("reading the header of", header()::equals)
                .thenCompose(settled -> beforeRefresh.get())
                .thenCompose(ready -> fixed.readAsync(read))
                .thenCompose(fresh -> {
                    read = fresh;
                    gate.reviewWriters();
                    access.headerRead(needsLock());
                    return map.followAsync();
                });
    }
}
