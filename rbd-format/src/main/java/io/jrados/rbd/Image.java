package io.jrados.rbd;

import io.jrados.error.RadosException;
import io.jrados.osd.op.WatcherInfo;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.ConfigOption;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.DoubtfulExtent;
import io.jrados.rbd.model.ExtentReader;
import io.jrados.rbd.model.GroupRef;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.ImageTimes;
import io.jrados.rbd.model.LinkedImage;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.QuiesceHook;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotOwner;
import io.jrados.rbd.model.SnapshotQuiesce;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * An open RBD image, at its head or at a snapshot. Thread-safe. Closing it releases its watch.
 *
 * <p>Buffers are borrowed until the future completes. Offsets and lengths are bytes.
 *
 * <p>Every call has a deadline, where librbd waits for ever: 5 minutes for writes and 2 minutes for reads and verbs, or
 * {@code rados_osd_op_timeout} or the pool view's own deadline for all of them. Set neither below the cluster's
 * {@code osd_heartbeat_grace}. A write that was sent and is late fails with
 * {@link io.jrados.error.OutcomeUnknownException}, whose receipt tells how it ends: it may still be applied, and until
 * its outcome is settled it counts as a write under way, see {@link #inDoubt}. A write that fails otherwise has left
 * nothing under way. A cancelled write is treated alike, and given up.
 *
 * <p>There is no cache: a write is on stable storage when its future completes, and a read asks the cluster. Of
 * librbd's options, {@code rbd_cache} and {@code rbd_cache_policy} say only whether to read ahead of who reads from
 * front to back: under {@code writethrough} and {@code writeback}, not under {@code writearound}, which is the default.
 * Even then it is done for snapshots alone, and for images whose lock this client owns, so that no read shows bytes
 * older than itself. {@code rbd_readahead_trigger_requests}, {@code rbd_readahead_max_bytes} (at most 4 MiB here) and
 * {@code rbd_readahead_disable_after_bytes} are obeyed; the other {@code rbd_cache_*} options mean nothing here, and a
 * parent or persistent cache is not used.
 *
 * <p>Futures of reading and writing complete on one of the client's own loops, unless its builder names an executor: do
 * no blocking work in what depends on them there. Those of verbs ({@link AsyncImage}) complete on a thread of the verb.
 *
 * <pre>{@code
 * try (Image image = rbd.open("disk")) {
 *     ByteBuffer sector = ByteBuffer.allocate(512);
 *     CompletableFuture<Void> copied = image.readAsync(0, sector)
 *             .thenCompose(read -> image.writeAsync(4096, sector));
 *     Wait.on(copied);
 *     image.flush();
 * }
 * }</pre>
 */
public non-sealed interface Image extends AsyncImage, AutoCloseable {
    /** The pool and namespace that hold the image's header. */
    Pool pool();

    String name();

    String id();

    /** Bytes, of the head or of the snapshot that is open. */
    long size();

    ImageInfo info();

    /** Whether it was opened read-only, at a snapshot, or holds features that this client cannot keep true. */
    boolean isReadOnly();

    /**
     * Reads exactly {@code into.remaining()} bytes; holes are zeroes.
     * Completes with EINVAL past the image's end.
     */
    CompletableFuture<Void> readAsync(long offset, ByteBuffer into);

    default void read(long offset, ByteBuffer into) throws RadosException {
        Wait.on(readAsync(offset, into));
    }

    /**
     * Lends what is stored of a range, as it came from the network: nothing is copied, and what {@code reader} is not
     * called for is zero. In no order. Completes when the reader has given all of it back, with EINVAL past the image's
     * end.
     *
     * <p>A client lends 64 MiB at a time, and a quarter of the JVM's direct memory at most, to the readers of all of
     * its images; the rest of a range is read as they give memory back, and later writes to the image may come before
     * that. If nothing is given back for as long as the pool's deadline, it completes with ETIMEDOUT, which says how
     * much is lent. So a reader must not keep memory until another read of this kind has ended.
     *
     * @param length bytes
     */
    CompletableFuture<Void> readExtentsAsync(long offset, long length, ExtentReader reader);

    default void readExtents(long offset, long length, ExtentReader reader) throws RadosException {
        Wait.on(readExtentsAsync(offset, length, reader));
    }

    /**
     * Writes {@code data.remaining()} bytes.
     * Completes with EINVAL past the image's end, EROFS when read-only.
     */
    CompletableFuture<Void> writeAsync(long offset, ByteBuffer data);

    default void write(long offset, ByteBuffer data) throws RadosException {
        Wait.on(writeAsync(offset, data));
    }

    /**
     * The ranges that changes in doubt may still reach: changes that were sent and whose callers stopped waiting,
     * because a deadline passed or they were cancelled. Each is looked after until its outcome is settled; until then
     * flushes, snapshots, resizes, a close and the hand-over of the lock wait for it, or fail. Ordered by offset.
     */
    List<DoubtfulExtent> inDoubt();

    /** Makes a range zero; what lies inside the discard granularity may be kept as it is. */
    CompletableFuture<Void> discardAsync(long offset, long length);

    default void discard(long offset, long length) throws RadosException {
        Wait.on(discardAsync(offset, length));
    }

    /** As {@link #readAsync(long, ByteBuffer)}, into at most 1,024 buffers one after the other. */
    CompletableFuture<Void> readAsync(long offset, List<ByteBuffer> into);

    default void read(long offset, List<ByteBuffer> into) throws RadosException {
        Wait.on(readAsync(offset, into));
    }

    /** As {@link #writeAsync(long, ByteBuffer)}, of at most 1,024 buffers one after the other. */
    CompletableFuture<Void> writeAsync(long offset, List<ByteBuffer> data);

    default void write(long offset, List<ByteBuffer> data) throws RadosException {
        Wait.on(writeAsync(offset, data));
    }

    /**
     * Makes a range zero, exactly.
     *
     * @param thick whether zeroes are really written, so that the space is there for later writes
     */
    CompletableFuture<Void> writeZeroesAsync(long offset, long length, boolean thick);

    default void writeZeroes(long offset, long length, boolean thick) throws RadosException {
        Wait.on(writeZeroesAsync(offset, length, thick));
    }

    /**
     * Repeats a pattern over a range.
     * Completes with EINVAL past the image's end, or if the length is not a multiple of the pattern's.
     */
    CompletableFuture<Void> writeSameAsync(long offset, long length, ByteBuffer pattern);

    default void writeSame(long offset, long length, ByteBuffer pattern) throws RadosException {
        Wait.on(writeSameAsync(offset, length, pattern));
    }

    /**
     * Writes if the image has the expected bytes, in one step. The range lies within one stripe unit of one object.
     * Completes with {@link io.jrados.error.MismatchException} (EILSEQ), which says where it differs, or EINVAL.
     */
    CompletableFuture<Void> compareAndWriteAsync(long offset, ByteBuffer expected, ByteBuffer data);

    default void compareAndWrite(long offset, ByteBuffer expected, ByteBuffer data) throws RadosException {
        Wait.on(compareAndWriteAsync(offset, expected, data));
    }

    /** Completes when every write that was submitted before is on stable storage. */
    CompletableFuture<Void> flushAsync();

    default void flush() throws RadosException {
        Wait.on(flushAsync());
    }

    /** Forgets what was read ahead: nothing else is kept. */
    void invalidateCache();

    /** Grows, or shrinks and so destroys data. EINVAL when its object map would be too large. */
    default void resize(long size, Progress progress) throws RadosException {
        resize(size, true, progress);
    }

    /**
     * Sets the size.
     *
     * @param size bytes
     * @param mayShrink whether it may become smaller, which destroys data; if not, that fails with EINVAL, also when
     *     another client has just made the image larger
     * @param progress in objects, when shrinking
     */
    void resize(long size, boolean mayShrink, Progress progress) throws RadosException;

    /** Lists the snapshots of all namespaces, oldest first. */
    List<SnapshotInfo> snapshots() throws RadosException;

    /**
     * Asks those who write to hold still, or not, as the configuration says: {@code rbd_default_snapshot_quiesce_mode}.
     */
    void createSnapshot(String name) throws RadosException;

    void createSnapshot(String name, SnapshotQuiesce quiesce) throws RadosException;

    /** While clones of format 2 need it, it lives on in the trash namespace. EBUSY while it is protected. */
    void removeSnapshot(String name) throws RadosException;

    /** One of any namespace. */
    void removeSnapshot(long id) throws RadosException;

    /**
     * Removes a snapshot with what stands against it: flattens its clones, ends its protection.
     *
     * @param progress in clones
     */
    void forceRemoveSnapshot(String name, Progress progress) throws RadosException;

    void renameSnapshot(String name, String newName) throws RadosException;

    /**
     * Makes the head what the snapshot is, in size and content. What was written since is lost.
     *
     * @param progress in objects
     */
    void rollBack(String snapshot, Progress progress) throws RadosException;

    /** Returns the limit on snapshots; empty for any number. */
    OptionalLong snapshotLimit() throws RadosException;

    /** ERANGE below the number that exists. */
    void setSnapshotLimit(OptionalLong limit) throws RadosException;

    /** Reads the owner of a snapshot from its namespace. ENOENT without that snapshot. */
    SnapshotOwner snapshotOwner(long id) throws RadosException;

    void protectSnapshot(String name) throws RadosException;

    /** EBUSY while clones of format 1 hang on it. EINVAL when it is not protected. */
    void unprotectSnapshot(String name) throws RadosException;

    boolean isSnapshotProtected(String name) throws RadosException;

    /**
     * Removes a snapshot, after ending its protection if it has one, and leaves its clones alone. If the removal fails
     * it stays, without protection.
     *
     * @throws RadosException ENOENT for the name; EBUSY while clones of format 1 hang on it: it stays, and stays
     *     protected
     */
    void unprotectAndRemoveSnapshot(String name) throws RadosException;

    /**
     * Tells of the ranges where what is open may differ from an earlier snapshot, or has data at all: ascending, none
     * longer than a set of objects. What is told of may have the same bytes nevertheless; what is not told of has.
     * Blocks until the last is told; what {@code each} throws ends it.
     *
     * @param progress in bytes
     * @throws RadosException ENOENT without that snapshot, EINVAL if it is newer than what is open or the range begins
     *     past the end, ECANCELED
     */
    void diff(DiffOptions options, Progress progress, Consumer<DiffExtent> each) throws RadosException;

    default List<DiffExtent> diff(DiffOptions options) throws RadosException {
        List<DiffExtent> extents = new ArrayList<>();
        diff(options, Progress.NONE, extents::add);
        return extents;
    }

    /** Copies what the parent has, and detaches from it. EINVAL without a parent. */
    void flatten(Progress progress) throws RadosException;

    /** Clones of this image's snapshots, or of the one that is open: without those in the trash. */
    List<ImageSpec> children() throws RadosException;

    /** Clones of this image's snapshots, or of the one that is open: also those in the trash. */
    List<LinkedImage> linkedChildren() throws RadosException;

    /** Clones, clones of clones, and so on. */
    List<LinkedImage> descendants() throws RadosException;

    /** Returns the parent of the open head or snapshot, while it shares something with that. */
    Optional<LinkedImage> parent() throws RadosException;

    /**
     * Switches features on or off. Object maps come into being invalid: they need to be rebuilt.
     *
     * @param features bits of {@link io.jrados.rbd.model.Features} that are to change
     * @throws RadosException EINVAL for those that never change, are so already, or need another one
     */
    void updateFeatures(long features, boolean enabled) throws RadosException;

    /**
     * Makes the object maps of the head and of all snapshots anew, out of the objects.
     *
     * @throws RadosException EINVAL without the feature object-map
     */
    void rebuildObjectMap(Progress progress) throws RadosException;

    /**
     * Compares an object map with the objects, and marks it as invalid if it is wrong. Takes the image's lock.
     *
     * @param snapshot whose map; empty for the head's
     * @return whether it was right
     * @throws RadosException EINVAL without the feature object-map, ENOENT for the snapshot
     */
    boolean checkObjectMap(Optional<String> snapshot, Progress progress) throws RadosException;

    /** Bits of {@link io.jrados.rbd.model.OpFeatures}. */
    long opFeatures() throws RadosException;

    ImageTimes times() throws RadosException;

    Optional<GroupRef> group() throws RadosException;

    /** Lists the other clients that have the header open for writing: the watchers but for this image's own watch. */
    List<WatcherInfo> watchers() throws RadosException;

    /** The lock by which clients agree who writes. */
    ImageLock lock();

    /**
     * Calls {@code watcher} each time when another client, or this one, has changed the header, until the registration
     * is closed. It may block, but not for long: whoever changed the header waits. EROFS for an image open read-only,
     * which hears of nothing.
     */
    Registration onUpdate(Runnable watcher) throws RadosException;

    /**
     * Calls {@code hook} when somebody makes a snapshot, until the registration is closed. EROFS as {@link #onUpdate}.
     */
    Registration onQuiesce(QuiesceHook hook) throws RadosException;

    /** Something that is called until this is closed. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    Map<String, byte[]> metadata() throws RadosException;

    /** Returns the value of one key. ENOENT for an unknown key. */
    byte[] metadata(String key) throws RadosException;

    /** By the lock's owner, if the image has one elsewhere, as options are. EROFS when read-only. */
    void setMetadata(String key, byte[] value) throws RadosException;

    /** ENOENT for an unknown key. */
    void removeMetadata(String key) throws RadosException;

    /** Options in force for this image that can be set for one, in order of names. */
    List<ConfigOption> config() throws RadosException;

    /** Returns one of the {@link #config()}. EINVAL for an option that cannot be set for an image. */
    ConfigOption config(String option) throws RadosException;

    /** Overrides an option for all who open this image. EINVAL for one that cannot be. */
    void setConfig(String option, String value) throws RadosException;

    /** ENOENT when it is not overridden. */
    void removeConfig(String option) throws RadosException;

    /** The largest depth of a channel, a stream, an upload or a download. */
    int MAX_DEPTH = 64;

    /** The depth of channels, streams, uploads and downloads that name none. */
    int DEFAULT_DEPTH = 4;

    /** As {@link #channel(int)}, with {@link #DEFAULT_DEPTH}. */
    default ImageChannel channel() {
        return channel(DEFAULT_DEPTH);
    }

    /**
     * A view of the image as a file of its size at each moment. Reads and writes that follow each other are done in
     * pieces of up to 4 MiB: reads ahead of the caller, so that they may show bytes as they were when they were read
     * ahead, and writes behind it. Writes of the channel show in its reads. A write that fails fails the channel's next
     * write, and those after it, and {@code close}, which makes all that was written durable and leaves the image open.
     * Writing past the end fails with ENOSPC; {@code truncate} only shrinks.
     *
     * @param depth pieces that are read ahead, or written behind, from 0 (none) to {@link #MAX_DEPTH}; each takes up to
     *     4 MiB of memory
     */
    ImageChannel channel(int depth);

    /** As {@link #inputStream(long, int)}, with {@link #DEFAULT_DEPTH}. */
    default InputStream inputStream(long offset) {
        return inputStream(offset, DEFAULT_DEPTH);
    }

    /**
     * Reads from {@code offset} to the image's end as it is at each moment, ahead of the caller: bytes may be as they
     * were when they were read ahead. A failure comes when the caller has got to the bytes that it is about, and a call
     * after it asks anew. {@code transferTo} hands out what was read without a copy. For one thread. Closing it leaves
     * the image open.
     *
     * @param depth pieces of up to 4 MiB that are read ahead, from 0 to {@link #MAX_DEPTH}
     */
    default InputStream inputStream(long offset, int depth) {
        return inputStream(offset, Long.MAX_VALUE, depth);
    }

    /**
     * As {@link #inputStream(long, int)}, up to the end of a range; nothing behind it is read ahead.
     *
     * @param length bytes of the range, of which the image need not have all
     */
    InputStream inputStream(long offset, long length, int depth);

    /** As {@link #outputStream(long, int)}, with {@link #DEFAULT_DEPTH}. */
    default OutputStream outputStream(long offset) {
        return outputStream(offset, DEFAULT_DEPTH);
    }

    /**
     * Writes from {@code offset} on, gathered into pieces of up to 4 MiB, behind the caller. A write that fails fails
     * the next call, each call after it, and {@code close}. Flushing waits, and makes all that was written durable;
     * closing flushes, and leaves the image open. ENOSPC at the image's end. For one thread.
     *
     * @param depth pieces that may be under way when a call returns, from 0 to {@link #MAX_DEPTH}
     */
    default OutputStream outputStream(long offset, int depth) {
        return outputStream(offset, Long.MAX_VALUE, depth);
    }

    /**
     * As {@link #outputStream(long, int)}, up to the end of a range: ENOSPC for a write that goes beyond it, of which
     * nothing is written then.
     *
     * @param length bytes of the range, of which the image need not have all
     */
    OutputStream outputStream(long offset, long length, int depth);

    /** As {@link #upload(ReadableByteChannel, int, Progress)}, with {@link #DEFAULT_DEPTH}. */
    default long upload(ReadableByteChannel source, Progress progress) throws IOException {
        return upload(source, DEFAULT_DEPTH, progress);
    }

    /**
     * Writes all that a source has, up to its end, from the image's first byte on, and makes it durable. This is the
     * fast way of filling an image: the source is read straight into the pieces that are sent, several are under way at
     * a time, and long runs of zeroes are not written but made zero, so that they take no room. What the image has
     * behind the source's end stays. After a failure nothing is under way any more.
     *
     * @param source blocking; an input stream by {@link java.nio.channels.Channels#newChannel(InputStream)}
     * @param depth pieces of 4 MiB that are under way, from 0 to {@link #MAX_DEPTH}
     * @param progress in bytes, of those of the source if it can tell their number, or else of the image's
     * @return bytes that the source had
     * @throws IOException what the source throws; as a RadosException, ENOSPC when the source has more bytes than the
     *     image, EROFS when the image is read-only, ECANCELED, and what writing fails with
     */
    long upload(ReadableByteChannel source, int depth, Progress progress) throws IOException;

    /** As {@link #download(WritableByteChannel, int, Progress)}, with {@link #DEFAULT_DEPTH}. */
    default long download(WritableByteChannel sink, Progress progress) throws IOException {
        return download(sink, DEFAULT_DEPTH, progress);
    }

    /**
     * Writes the whole image into a sink, from the sink's position on, reading ahead of it. Runs of zeroes behind a
     * file's end are left out, so that a new file is as sparse as the image.
     *
     * @param sink blocking; a file may be any {@link SeekableByteChannel}
     * @param depth pieces of 4 MiB that are read ahead, from 0 to {@link #MAX_DEPTH}
     * @param progress in bytes
     * @return bytes of the image
     * @throws IOException what the sink throws; as a RadosException, ECANCELED, and what reading fails with
     */
    long download(WritableByteChannel sink, int depth, Progress progress) throws IOException;

    /** Reads the header anew. */
    void refresh() throws RadosException;

    /**
     * Waits for the writes under way, gives the lock away and ends the watch. One deadline, that of the pool's
     * operations, bounds all of it. What it could not do the client goes on with until it closes itself, and another
     * call tells how far it has got; a closed image that has nothing left to do is closed again at once.
     *
     * @throws RadosException ETIMEDOUT, and others, when a write is still under way or in doubt or the lock could not
     *     be given away: the message names them. Other clients of the image wait until then; EINTR leaves the closing
     *     to the client too
     */
    @Override
    void close() throws RadosException;

    /** As {@link #close}, which interrupts do not end. Takes no thread. */
    CompletableFuture<Void> closeAsync();
}
