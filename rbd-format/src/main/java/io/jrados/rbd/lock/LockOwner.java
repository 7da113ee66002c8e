package io.jrados.rbd.lock;

import io.jrados.cls.LockInfo;
import io.jrados.cls.LockType;
import io.jrados.cls.Locks;
import io.jrados.error.BusyException;
import io.jrados.rados.Pool;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The owner of the managed lock (librbd::managed_lock::Locker).
 *
 * @param client its name: {@code client.4123}
 * @param address as a blocklist names it: {@code 127.0.0.1:0/123456}
 * @param cookie of its lock
 * @param handle of its watch
 */
public record LockOwner(String client, String address, String cookie, long handle) {
    /** The name of the lock, on the header. */
    static final String LOCK_NAME = "rbd_lock";

    /** By which it differs from a lock that a person has taken. */
    static final String TAG = "internal";

    private static final String COOKIE_PREFIX = "auto ";

    static String cookieOf(long handle) {
        return COOKIE_PREFIX + Long.toUnsignedString(handle);
    }

    /** Reads the owner of the image with that header; EBUSY when the lock there is of another kind. */
    public static CompletableFuture<Optional<LockOwner>> of(Pool pool, String header) {
        return Locks.in(pool).infoAsync(header, LOCK_NAME).thenCompose(info -> {
            if (info.lockers().isEmpty()) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            LockInfo.Locker locker = info.lockers().get(0);
            Optional<LockOwner> owner = of(locker);
            boolean managed = info.tag().equals(TAG) && info.type() == LockType.EXCLUSIVE;
            return managed && owner.isPresent()
                    ? CompletableFuture.completedFuture(owner)
                    : CompletableFuture.failedFuture(new BusyException(
                            "looking for the owner of " + header + ": " + locker.client() + " at " + locker.address()
                                    + " has taken a lock of another kind, \"" + locker.cookie() + "\"",
                            null));
        });
    }

    /** Empty for a lock of another kind. */
    static Optional<LockOwner> of(LockInfo.Locker locker) {
        if (!locker.cookie().startsWith(COOKIE_PREFIX)) {
            return Optional.empty();
        }
        try {
            long handle = Long.parseUnsignedLong(
                    locker.cookie().substring(COOKIE_PREFIX.length()).strip());
            return Optional.of(new LockOwner(locker.client(), locker.address(), locker.cookie(), handle));
        } catch (NumberFormatException foreign) {
            return Optional.empty();
        }
    }

    /** Its name and address. */
    @Override
    public String toString() {
        return client + " at " + address;
    }
}
