package io.jrados.rados;

import io.jrados.error.RadosException;
import io.jrados.osd.op.ObjectStat;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteInDoubt;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Objects of one pool and namespace. A small immutable view: cheap to make, thread-safe, valid as long as its
 * {@link Rados}.
 *
 * <p>Asynchronous calls never block. Their futures complete exceptionally with a {@link RadosException} and, unless the
 * client names an executor, on one of the client's own loops: do no blocking work in their continuations. Buffers are
 * borrowed until the future completes. Two writes that one thread submits to one object are applied in that order.
 *
 * <p>A client has room for 1,024 operations and 100 MiB under way (objecter_inflight_ops, objecter_inflight_op_bytes),
 * and so has each OSD; others wait for their turn. Beyond 65,536 that wait, or writes of 64 times those bytes
 * (6.25 GiB), an operation fails with EAGAIN at once and is never sent: a caller that floods a client holds back until
 * some have ended.
 *
 * <pre>{@code
 * ByteBuffer hello = ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8));
 * CompletableFuture<Long> size = pool.writeFullAsync("greeting", hello)
 *         .thenCompose(written -> pool.statAsync("greeting"))
 *         .thenApply(ObjectStat::size);
 * byte[] english = {'e', 'n'};
 * WriteResult both = pool.operate("greeting", new WriteOperation().append(hello).setXattr("language", english));
 * }</pre>
 */
public interface Pool {
    /** The client that this pool belongs to. */
    Rados rados();

    long id();

    String name();

    /** The namespace, empty for the default one. */
    String namespace();

    /** This pool's view of another namespace. */
    Pool inNamespace(String namespace);

    /**
     * A view whose objects are placed by this key instead of their names: those with one key are in one placement
     * group. An object that was written with a key is found only with it.
     *
     * @param key empty for the names
     */
    Pool withLocator(String key);

    /** A view whose reads may be served by replicas. */
    Pool withReadPolicy(ReadPolicy policy);

    /** A view whose operations have another deadline than the client's default. */
    Pool withDeadline(Duration deadline);

    /**
     * A view that tells of its writes in doubt: those that were sent and whose callers stopped waiting, because a
     * deadline passed or they were cancelled. It tells of each before the write's future completes, on one of the
     * client's loops: {@code responsible} must not block. Deadlines of writes that were never sent are not told of.
     */
    default Pool withDoubts(Consumer<? super WriteInDoubt> responsible) {
        return this;
    }

    /** The deadline of this view's operations. */
    Duration deadline();

    /**
     * A view whose writes fail with ENOSPC or EDQUOT when the pool is full, rather than wait: FULL_TRY. They, and
     * removals, do not overtake a write of this client to the same object that waits for room.
     */
    Pool withFullTry();

    /**
     * Another pool as this one is seen: in the same namespace, with the same deadline and FULL_TRY. The locator and the
     * read policy are the other's own. For what belongs to an image and lies elsewhere (create_ioctx,
     * src/librbd/Utils.cc).
     *
     * @param other of the same cluster, by any client of it
     * @throws IllegalArgumentException for a pool of another cluster
     */
    Pool viewOf(Pool other);

    /** Whether the pool is erasure-coded: no omap there. */
    boolean isErasureCoded();

    /** Whether the pool is a cache in front of another: each of its objects is the other's. */
    boolean isCacheTier();

    /** Reads from the head. */
    default CompletableFuture<ReadResult> operateAsync(String object, ReadOperation operation) {
        return operateAsync(object, operation, SnapContext.HEAD);
    }

    /**
     * Reads from a snapshot. Fails with ENOENT when the object does not exist, or with the result of the first part
     * that failed.
     *
     * @param snapId {@link SnapContext#HEAD}, {@link SnapContext#SNAPDIR} or a snapshot's id
     */
    CompletableFuture<ReadResult> operateAsync(String object, ReadOperation operation, long snapId);

    /** Writes all parts or none, with no snapshots to preserve. */
    default CompletableFuture<WriteResult> operateAsync(String object, WriteOperation operation) {
        return operateAsync(object, operation, SnapContext.EMPTY);
    }

    /** Writes all parts or none, preserving what the snapshots need. */
    CompletableFuture<WriteResult> operateAsync(String object, WriteOperation operation, SnapContext snapContext);

    /** {@link #operateAsync(String, ReadOperation, long)}, waited for. */
    default ReadResult operate(String object, ReadOperation operation, long snapId) throws RadosException {
        return Wait.on(operateAsync(object, operation, snapId));
    }

    /** {@link #operateAsync(String, ReadOperation)}, waited for. */
    default ReadResult operate(String object, ReadOperation operation) throws RadosException {
        return Wait.on(operateAsync(object, operation));
    }

    /** {@link #operateAsync(String, WriteOperation)}, waited for. */
    default WriteResult operate(String object, WriteOperation operation) throws RadosException {
        return Wait.on(operateAsync(object, operation));
    }

    /** {@link #operateAsync(String, WriteOperation, SnapContext)}, waited for. */
    default WriteResult operate(String object, WriteOperation operation, SnapContext snapContext)
            throws RadosException {
        return Wait.on(operateAsync(object, operation, snapContext));
    }

    /** Reads up to {@code into.remaining()} bytes; the count is less at the object's end. */
    default CompletableFuture<Integer> readAsync(String object, long offset, ByteBuffer into) {
        if (into == null) {
            return CompletableFuture.failedFuture(new NullPointerException("into"));
        }
        ReadOperation operation = new ReadOperation();
        try {
            operation.read(offset, into);
        } catch (IllegalArgumentException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        return operateAsync(object, operation).thenApply(result -> result.length(0));
    }

    default int read(String object, long offset, ByteBuffer into) throws RadosException {
        return Wait.on(readAsync(object, offset, into));
    }

    /** Writes the remaining bytes of {@code data} at {@code offset}, making the object if it is absent. */
    default CompletableFuture<WriteResult> writeAsync(String object, long offset, ByteBuffer data) {
        if (data == null) {
            return CompletableFuture.failedFuture(new NullPointerException("data"));
        }
        WriteOperation operation = new WriteOperation();
        try {
            operation.write(offset, data);
        } catch (IllegalArgumentException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        return operateAsync(object, operation);
    }

    default void write(String object, long offset, ByteBuffer data) throws RadosException {
        Wait.on(writeAsync(object, offset, data));
    }

    /** Replaces the whole object. */
    default CompletableFuture<WriteResult> writeFullAsync(String object, ByteBuffer data) {
        if (data == null) {
            return CompletableFuture.failedFuture(new NullPointerException("data"));
        }
        return operateAsync(object, new WriteOperation().writeFull(data));
    }

    /** {@link #writeFullAsync}, waited for. */
    default void writeFull(String object, ByteBuffer data) throws RadosException {
        Wait.on(writeFullAsync(object, data));
    }

    /** Appends at the object's end, wherever that is when the OSD gets to it. */
    default CompletableFuture<WriteResult> appendAsync(String object, ByteBuffer data) {
        if (data == null) {
            return CompletableFuture.failedFuture(new NullPointerException("data"));
        }
        return operateAsync(object, new WriteOperation().append(data));
    }

    /** {@link #appendAsync}, waited for. */
    default void append(String object, ByteBuffer data) throws RadosException {
        Wait.on(appendAsync(object, data));
    }

    /** Deletes the object; ENOENT if it does not exist. */
    default CompletableFuture<WriteResult> removeAsync(String object) {
        return operateAsync(object, new WriteOperation().delete());
    }

    /** {@link #removeAsync}, waited for. */
    default void remove(String object) throws RadosException {
        Wait.on(removeAsync(object));
    }

    /** Asks for size and time of change; ENOENT if the object does not exist. */
    default CompletableFuture<ObjectStat> statAsync(String object) {
        return operateAsync(object, new ReadOperation().stat()).thenApply(result -> result.stat(0));
    }

    /** {@link #statAsync}, waited for. */
    default ObjectStat stat(String object) throws RadosException {
        return Wait.on(statAsync(object));
    }

    /** Calls a method of an object class. Use a {@link WriteOperation} for methods that write. */
    default CompletableFuture<byte[]> execAsync(String object, String objectClass, String method, byte[] input) {
        if (objectClass == null) {
            return CompletableFuture.failedFuture(new NullPointerException("objectClass"));
        }
        if (method == null) {
            return CompletableFuture.failedFuture(new NullPointerException("method"));
        }
        if (input == null) {
            return CompletableFuture.failedFuture(new NullPointerException("input"));
        }
        return operateAsync(object, new ReadOperation().exec(objectClass, method, input))
                .thenApply(result -> result.output(0));
    }

    default byte[] exec(String object, String objectClass, String method, byte[] input) throws RadosException {
        return Wait.on(execAsync(object, objectClass, method, input));
    }

    /** All omap pairs of an object, in key order, fetched page by page. */
    default CompletableFuture<Map<String, byte[]>> omapAsync(String object) {
        return OmapPages.all(this, object);
    }

    /** {@link #omapAsync}, waited for. */
    default Map<String, byte[]> omap(String object) throws RadosException {
        return Wait.on(omapAsync(object));
    }

    /**
     * An object's omap pairs whose keys start with {@code prefix}, in key order, fetched page by page as they are
     * taken.
     */
    default Iterable<Map.Entry<String, byte[]>> omapEntries(String object, String prefix) {
        Objects.requireNonNull(object, "object");
        Objects.requireNonNull(prefix, "prefix");
        return () -> new OmapPages(this, object, "", prefix);
    }

    /** As {@link #omapEntries}; the stream throws an {@link java.io.UncheckedIOException} with the failure. */
    default Stream<Map.Entry<String, byte[]>> omapStream(String object, String prefix) {
        return StreamSupport.stream(omapEntries(object, prefix).spliterator(), false);
    }

    /** An object's extended attributes, by name. */
    default CompletableFuture<Map<String, byte[]>> xattrsAsync(String object) {
        return operateAsync(object, new ReadOperation().getXattrs()).thenApply(result -> result.xattrs(0));
    }

    /** {@link #xattrsAsync}, waited for. */
    default Map<String, byte[]> xattrs(String object) throws RadosException {
        return Wait.on(xattrsAsync(object));
    }

    /** One extended attribute; ENODATA if there is none of that name. */
    default CompletableFuture<byte[]> xattrAsync(String object, String name) {
        if (name == null) {
            return CompletableFuture.failedFuture(new NullPointerException("name"));
        }
        return operateAsync(object, new ReadOperation().getXattr(name)).thenApply(result -> result.xattr(0));
    }

    /** {@link #xattrAsync}, waited for. */
    default byte[] xattr(String object, String name) throws RadosException {
        return Wait.on(xattrAsync(object, name));
    }

    /** The objects in this namespace. */
    ObjectListing listing();

    /** Names of the objects in this namespace, fetched page by page; one that is made meanwhile may be missing. */
    default Iterable<String> objects() {
        return () -> listing().stream().map(ObjectEntry::name).iterator();
    }

    /** Completes when every write to this pool that the client submitted before has ended, well or not. */
    CompletableFuture<Void> flushAsync();

    /** {@link #flushAsync}, waited for. */
    default void flush() throws RadosException {
        Wait.on(flushAsync());
    }

    /**
     * Makes a snapshot of the whole pool; EINVAL for a pool with self-managed ones, EEXIST for a name that is taken.
     */
    CompletableFuture<Void> createSnapshotAsync(String snapshot);

    default void createSnapshot(String snapshot) throws RadosException {
        Wait.on(createSnapshotAsync(snapshot));
    }

    /** Removes a snapshot of the whole pool. */
    CompletableFuture<Void> removeSnapshotAsync(String snapshot);

    default void removeSnapshot(String snapshot) throws RadosException {
        Wait.on(removeSnapshotAsync(snapshot));
    }

    /** The snapshots of the whole pool, as the map in force has them. */
    List<PoolSnapshot> snapshots();

    /** Allocates a self-managed snapshot id. */
    CompletableFuture<Long> createSnapIdAsync();

    default long createSnapId() throws RadosException {
        return Wait.on(createSnapIdAsync());
    }

    /** Gives a self-managed snapshot id back: the OSDs trim its clones. */
    CompletableFuture<Void> removeSnapIdAsync(long snapId);

    default void removeSnapId(long snapId) throws RadosException {
        Wait.on(removeSnapIdAsync(snapId));
    }

    /** Tells all watchers of an object something, and waits until each has answered or {@code timeout} has passed. */
    CompletableFuture<NotifyResult> notifyAsync(String object, byte[] message, Duration timeout);

    /** {@link #notifyAsync}, waited for. */
    default NotifyResult notify(String object, byte[] message, Duration timeout) throws RadosException {
        return Wait.on(notifyAsync(object, message, timeout));
    }

    /**
     * Watches an object; the cluster forgets the watch when it has not heard of this client for its own default, 30 s.
     */
    default CompletableFuture<Watch> watchAsync(String object, Watch.Listener listener) {
        return watchAsync(object, listener, Duration.ZERO);
    }

    /** As {@link #watchAsync(String, Watch.Listener)}, with its own time; zero for the cluster's default. */
    CompletableFuture<Watch> watchAsync(String object, Watch.Listener listener, Duration timeout);

    /** {@link #watchAsync(String, Watch.Listener)}, waited for. */
    default Watch watch(String object, Watch.Listener listener) throws RadosException {
        return Wait.on(watchAsync(object, listener));
    }

    /** {@link #watchAsync(String, Watch.Listener, Duration)}, waited for. */
    default Watch watch(String object, Watch.Listener listener, Duration timeout) throws RadosException {
        return Wait.on(watchAsync(object, listener, timeout));
    }
}
