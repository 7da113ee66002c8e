package io.jrados.cls;

import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Advisory locks on the objects of a pool, as plain calls; {@link LockCalls} says with what errors. Whoever does not
 * ask is not kept from anything: put {@link LockCalls#assertLocked} into the operations that a lock is to guard.
 *
 * <pre>{@code
 * Locks locks = Locks.in(pool);
 * Lock lock = Lock.exclusive("leader", "cookie-1");
 * locks.lock("election", lock, LockTerms.USUAL.withDuration(Duration.ofMinutes(1)));
 * pool.operate("election", LockCalls.assertLocked(lock).addTo(new WriteOperation()).create(false));
 * }</pre>
 */
public final class Locks {
    private final Pool pool;

    private Locks(Pool pool) {
        this.pool = pool;
    }

    public static Locks in(Pool pool) {
        Objects.requireNonNull(pool, "pool");
        return new Locks(pool);
    }

    private CompletableFuture<Void> write(String object, ClassCall call) {
        CompletableFuture<WriteResult> done = pool.operateAsync(object, call.addTo(new WriteOperation()));
        return done.thenApply(result -> null);
    }

    /** Takes a lock, until it is unlocked. */
    public CompletableFuture<Void> lockAsync(String object, Lock lock) {
        return lockAsync(object, lock, LockTerms.USUAL);
    }

    /** Takes a lock. */
    public CompletableFuture<Void> lockAsync(String object, Lock lock, LockTerms terms) {
        if (object == null) {
            return missing("object");
        }
        if (lock == null) {
            return missing("lock");
        }
        if (terms == null) {
            return missing("terms");
        }
        return write(object, LockCalls.lock(lock, terms));
    }

    /** Gives a lock back. */
    public CompletableFuture<Void> unlockAsync(String object, Lock lock) {
        if (object == null) {
            return missing("object");
        }
        if (lock == null) {
            return missing("lock");
        }
        return write(object, LockCalls.unlock(lock.name(), lock.cookie()));
    }

    /** Takes a lock from its holder. */
    public CompletableFuture<Void> breakLockAsync(String object, String name, LockInfo.Locker holder) {
        if (object == null) {
            return missing("object");
        }
        if (name == null) {
            return missing("name");
        }
        if (holder == null) {
            return missing("holder");
        }
        return write(object, LockCalls.breakLock(name, holder.client(), holder.cookie()));
    }

    /** Changes the cookie of a lock that this client holds. */
    public CompletableFuture<Void> setCookieAsync(String object, Lock lock, String newCookie) {
        if (object == null) {
            return missing("object");
        }
        if (lock == null) {
            return missing("lock");
        }
        if (newCookie == null) {
            return missing("newCookie");
        }
        return write(object, LockCalls.setCookie(lock, newCookie));
    }

    /** Reads the state of a lock and its holders. */
    public CompletableFuture<LockInfo> infoAsync(String object, String name) {
        if (object == null) {
            return missing("object");
        }
        if (name == null) {
            return missing("name");
        }
        return read(object, LockCalls.getInfo(name), LockCalls::info);
    }

    /** The names of an object's locks, held or not. */
    public CompletableFuture<List<String>> namesAsync(String object) {
        if (object == null) {
            return missing("object");
        }
        return read(object, LockCalls.listLocks(), LockCalls::names);
    }

    private static <T> CompletableFuture<T> missing(String argument) {
        return CompletableFuture.failedFuture(new NullPointerException(argument));
    }

    private interface Reader<T> {
        T read(byte[] output, String doing) throws RadosException;
    }

    private <T> CompletableFuture<T> read(String object, ClassCall call, Reader<T> reader) {
        return pool.operateAsync(object, call.addTo(new ReadOperation())).thenCompose(result -> {
            try {
                return CompletableFuture.completedFuture(
                        reader.read(result.output(0), "reading the locks of object " + object + " in pool " + pool));
            } catch (RadosException malformed) {
                return CompletableFuture.failedFuture(malformed);
            }
        });
    }

    /** {@link #lockAsync(String, Lock)}, waited for. */
    public void lock(String object, Lock lock) throws RadosException {
        Objects.requireNonNull(object, "object");
        Objects.requireNonNull(lock, "lock");
        lock(object, lock, LockTerms.USUAL);
    }

    /** {@link #lockAsync(String, Lock, LockTerms)}, waited for. */
    public void lock(String object, Lock lock, LockTerms terms) throws RadosException {
        Wait.on(lockAsync(object, lock, terms));
    }

    /** {@link #unlockAsync}, waited for. */
    public void unlock(String object, Lock lock) throws RadosException {
        Wait.on(unlockAsync(object, lock));
    }

    /** {@link #breakLockAsync}, waited for. */
    public void breakLock(String object, String name, LockInfo.Locker holder) throws RadosException {
        Wait.on(breakLockAsync(object, name, holder));
    }

    /** {@link #setCookieAsync}, waited for. */
    public void setCookie(String object, Lock lock, String newCookie) throws RadosException {
        Wait.on(setCookieAsync(object, lock, newCookie));
    }

    /** {@link #infoAsync}, waited for. */
    public LockInfo info(String object, String name) throws RadosException {
        return Wait.on(infoAsync(object, name));
    }

    /** {@link #namesAsync}, waited for. */
    public List<String> names(String object) throws RadosException {
        return Wait.on(namesAsync(object));
    }
}
