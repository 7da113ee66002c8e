package io.jrados.rbd.io;

import io.jrados.cls.Lock;
import io.jrados.cls.LockCalls;
import io.jrados.cls.LockInfo;
import io.jrados.cls.LockTerms;
import io.jrados.cls.Locks;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.ObjectMapCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.format.WriteCall;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.wait.Async;
import io.jrados.wire.Encoder;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An image's object maps as they are stored, for the owner of the image's lock (src/librbd/object_map/). The head's map
 * has a lock of its own, which every change of it asserts.
 *
 * <p>A map that could not be changed is marked as invalid in the header, so that nobody believes it any more; then the
 * change counts as done. It fails only if that mark could not be written either.
 */
final class StoredObjectMaps {
    private static final Logger log = LoggerFactory.getLogger(StoredObjectMaps.class);

    /** The name that librbd gives the lock on the head's map; cookie and tag are empty. */
    private static final Lock LOCK = Lock.exclusive("rbd_lock", "");

    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    private final MappedImage image;
    private final Pool pool;

    /** For the lock, which takes no room and must not wait for any. */
    private final Pool locking;

    private volatile boolean invalid;

    StoredObjectMaps(MappedImage image) {
        this.image = image;
        this.pool = image.changePool();
        this.locking = image.pool().withFullTry();
    }

    String name(long snapId) {
        return snapId == SnapContext.HEAD
                ? ObjectNames.objectMap(image.id())
                : ObjectNames.objectMap(image.id(), snapId);
    }

    /** Whether the head's map must not be believed. It is kept all the same. */
    boolean isInvalid() {
        return invalid;
    }

    /** Notes the header's flags of the head's map. */
    void headerSays(long flags) {
        invalid = (flags & HeaderCalls.OBJECT_MAP_INVALID) != 0;
    }

    /** Takes the lock of the head's map and reads it; what is not as it should be is replaced and marked as invalid. */
    CompletableFuture<BitVector> open(long objects) {
        return lock(true).thenCompose(locked -> load(SnapContext.HEAD)
                .handle((map, failed) -> {
                    if (failed == null && map.size() >= objects) {
                        return CompletableFuture.completedFuture(map);
                    }
                    log.warn("the object map of {} has to be rebuilt: {}", image.spec(), failed == null ? map : failed);
                    return replace(objects, failed != null);
                })
                .thenCompose(opened -> opened));
    }

    private CompletableFuture<Void> lock(boolean mayBreak) {
        String map = name(SnapContext.HEAD);
        WriteOperation operation = new WriteOperation();
        LockCalls.lock(LOCK, LockTerms.USUAL).addTo(operation);
        return locking.operateAsync(map, operation)
                .handle((locked, failed) -> {
                    if (failed == null || has(failed, Errno.EEXIST)) {
                        return DONE;
                    }
                    return mayBreak && has(failed, Errno.EBUSY)
                            ? breakLock(map).thenCompose(broken -> lock(false))
                            : CompletableFuture.<Void>failedFuture(failed);
                })
                .thenCompose(locked -> locked);
    }

    /** Breaks the lock, whose owner is dead: the image's own lock is ours. */
    private CompletableFuture<Void> breakLock(String map) {
        CompletableFuture<LockInfo> asked = Locks.in(pool).infoAsync(map, LOCK.name());
        return asked.thenCompose(info -> {
            if (info.lockers().isEmpty()) {
                return DONE;
            }
            WriteOperation operation = new WriteOperation();
            for (LockInfo.Locker left : info.lockers()) {
                LockCalls.breakLock(LOCK.name(), left.client(), left.cookie()).addTo(operation);
            }
            return tolerating(Errno.ENOENT, locking.operateAsync(map, operation));
        });
    }

    private CompletableFuture<BitVector> replace(long objects, boolean truncate) {
        BitVector unknown = new BitVector(objects, ObjectState.EXISTS);
        WriteOperation operation = guarded(SnapContext.HEAD);
        if (truncate) {
            operation.truncate(0);
        }
        ObjectMapCalls.resize(objects, ObjectState.NONEXISTENT).addTo(operation);
        return invalidate(SnapContext.HEAD)
                .thenCompose(marked -> settled(SnapContext.HEAD, operation))
                .thenApply(done -> unknown);
    }

    /** Gives the lock of the head's map back. */
    CompletableFuture<Void> close() {
        WriteOperation operation = new WriteOperation();
        LockCalls.unlock(LOCK.name(), LOCK.cookie()).addTo(operation);
        return locking.operateAsync(name(SnapContext.HEAD), operation).handle((unlocked, failed) -> {
            if (failed != null && !has(failed, Errno.ENOENT)) {
                // Whoever comes next breaks it.
                log.warn("unlocking the object map of {}: {}", image.spec(), failed.getMessage());
            }
            return null;
        });
    }

    CompletableFuture<BitVector> load(long snapId) {
        return ClassCalls.readAsync(pool, name(snapId), ObjectMapCalls.load());
    }

    /** Changes a map. */
    CompletableFuture<Void> change(long snapId, WriteCall call) {
        WriteOperation operation = guarded(snapId);
        call.addTo(operation);
        return settled(snapId, operation);
    }

    /** Replaces a map. */
    CompletableFuture<Void> write(long snapId, BitVector map) {
        WriteOperation operation = guarded(snapId);
        operation.writeFull(ByteBuffer.wrap(Encoder.bytesOf(map::encode)));
        return settled(snapId, operation);
    }

    /** Replaces the head's map, or fails. Its lock is taken again if somebody has broken it. */
    CompletableFuture<Void> rebuilt(BitVector map) {
        WriteOperation operation = guarded(SnapContext.HEAD);
        operation.writeFull(ByteBuffer.wrap(Encoder.bytesOf(map::encode)));
        return lock(true)
                .thenCompose(locked -> pool.operateAsync(name(SnapContext.HEAD), operation))
                .thenAccept(done -> {});
    }

    CompletableFuture<Void> update(long first, long end, ObjectState to, Optional<ObjectState> from) {
        return change(SnapContext.HEAD, ObjectMapCalls.update(first, end, to, from));
    }

    private static WriteOperation guarded(long snapId) {
        WriteOperation operation = new WriteOperation();
        if (snapId == SnapContext.HEAD) {
            assertLocked(operation);
        }
        return operation;
    }

    /** Makes the later parts of an operation on the head's map depend on the ownership of its lock. */
    static void assertLocked(WriteOperation operation) {
        LockCalls.assertLocked(LOCK).addTo(operation);
    }

    private CompletableFuture<Void> settled(long snapId, WriteOperation operation) {
        return pool.operateAsync(name(snapId), operation)
                .handle((done, failed) -> {
                    if (failed == null) {
                        return DONE;
                    }
                    Throwable why = Async.cause(failed);
                    if (has(failed, Errno.ETIMEDOUT) && !image.options().invalidateOnTimeout()) {
                        return CompletableFuture.<Void>failedFuture(why);
                    }
                    log.warn("an object map of {} becomes invalid: {}", image.spec(), why.getMessage());
                    return invalidate(snapId).whenComplete(suppressing(why));
                })
                .thenCompose(settled -> settled);
    }

    private static BiConsumer<Void, Throwable> suppressing(Throwable first) {
        return (done, failed) -> {
            if (failed != null && Async.cause(failed) != first) {
                Async.cause(failed).addSuppressed(first);
            }
        };
    }

    /** Says in the header that a map must not be believed. */
    CompletableFuture<Void> invalidate(long snapId) {
        if (snapId == SnapContext.HEAD && invalid) {
            return DONE;
        }
        long flags = image.has(Features.FAST_DIFF)
                ? HeaderCalls.OBJECT_MAP_INVALID | HeaderCalls.FAST_DIFF_INVALID
                : HeaderCalls.OBJECT_MAP_INVALID;
        WriteOperation operation = new WriteOperation();
        if (snapId == SnapContext.HEAD) {
            image.assertOwned(operation);
        }
        HeaderCalls.setFlags(flags, flags, snapId).addTo(operation);
        CompletableFuture<Void> written =
                pool.operateAsync(image.header(), operation).thenAccept(done -> invalid |= snapId == SnapContext.HEAD);
        // A snapshot that is gone needs no mark.
        return snapId == SnapContext.HEAD ? written : tolerating(Errno.ENOENT, written);
    }

    static CompletableFuture<Void> tolerating(Errno errno, CompletableFuture<?> future) {
        return future.handle((done, failed) -> failed == null || has(failed, errno)
                        ? DONE
                        : CompletableFuture.<Void>failedFuture(Async.cause(failed)))
                .thenCompose(done -> done);
    }

    static boolean has(Throwable failure, Errno errno) {
        return Async.cause(failure) instanceof RadosException known && known.errno() == errno;
    }
}
