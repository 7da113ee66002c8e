package io.jrados.rbd;

import io.jrados.error.RadosException;
import io.jrados.rbd.model.LockHolder;
import io.jrados.rbd.model.LockHolders;
import io.jrados.rbd.verb.Asked;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * The lock of an open image. With the feature exclusive-lock it is managed: taken with the first write, and given away
 * when another client asks for it, unless a person takes it by {@link #acquire}. Without that feature, or before
 * anybody writes, programs can use the same lock as an advisory one, by cookies of their choice; nobody is kept from
 * writing then.
 *
 * <p>The asynchronous forms are as those of {@link AsyncImage}.
 *
 * <pre>{@code
 * ImageLock lock = image.lock();
 * lock.acquire();
 * try {
 *     image.write(0, ByteBuffer.allocate(4096)); // nobody else can write meanwhile
 * } finally {
 *     lock.release();
 * }
 * }</pre>
 */
public interface ImageLock {
    /** The image whose lock this is. */
    Image image();

    // ---- the managed lock

    /** Whether this image has it. */
    boolean isOwned();

    /**
     * Takes it and keeps it: others who want to write fail with EROFS. From now on it is never taken by a write.
     *
     * @throws RadosException EINVAL without the feature, EROFS if its owner keeps it, or for a read-only image
     */
    void acquire() throws RadosException;

    /** As {@link #acquire}, but others who want to write wait. */
    void acquireTransient() throws RadosException;

    /**
     * Gives it away when writes under way are done.
     *
     * @throws RadosException EINVAL if this image does not have it; ETIMEDOUT, and others, when it could not be given
     *     away, or a write is in doubt: this client still has it then, and goes on giving it away
     */
    void release() throws RadosException;

    /**
     * Returns the owner: empty if there is none. EINVAL without the feature, EBUSY if the lock is an advisory one now.
     */
    Optional<LockHolder> owner() throws RadosException;

    /**
     * Fences its owner, alive or not, and takes the lock away from it.
     *
     * @param address of the owner as {@link #owner} said it
     * @throws RadosException ENOENT if nobody has it, EBUSY if another has it now
     */
    void breakOwner(String address) throws RadosException;

    // ---- the advisory lock

    /** Returns the holders of the lock in whatever way. */
    LockHolders holders() throws RadosException;

    /** EBUSY if another has it, EEXIST if this client has it with that cookie. */
    void lockExclusive(String cookie) throws RadosException;

    /** EBUSY if another has it exclusively or with another tag, EEXIST if this client has it with that cookie. */
    void lockShared(String cookie, String tag) throws RadosException;

    /** ENOENT if this client does not have it with that cookie. */
    void unlock(String cookie) throws RadosException;

    /**
     * Fences another client if the configuration says so, and takes the lock away from it.
     *
     * @param client {@code client.4123}
     * @throws RadosException ENOENT if that one does not have it
     */
    void breakLock(String client, String cookie) throws RadosException;

    // ---- the asynchronous forms

    /** As {@link #acquire()}. */
    default CompletableFuture<Void> acquireAsync() {
        return run("taking the lock", () -> acquire());
    }

    /** As {@link #acquireTransient()}. */
    default CompletableFuture<Void> acquireTransientAsync() {
        return run("taking the lock", () -> acquireTransient());
    }

    /** As {@link #release()}. */
    default CompletableFuture<Void> releaseAsync() {
        return run("giving away the lock", () -> release());
    }

    /** As {@link #owner()}. */
    default CompletableFuture<Optional<LockHolder>> ownerAsync() {
        return get("looking for the owner of the lock", () -> owner());
    }

    /** As {@link #breakOwner(String)}. */
    default CompletableFuture<Void> breakOwnerAsync(String address) {
        return run("breaking the lock of " + address, () -> breakOwner(address));
    }

    /** As {@link #holders()}. */
    default CompletableFuture<LockHolders> holdersAsync() {
        return get("listing the holders of the lock", () -> holders());
    }

    /** As {@link #lockExclusive(String)}. */
    default CompletableFuture<Void> lockExclusiveAsync(String cookie) {
        return run("locking", () -> lockExclusive(cookie));
    }

    /** As {@link #lockShared(String, String)}. */
    default CompletableFuture<Void> lockSharedAsync(String cookie, String tag) {
        return run("locking", () -> lockShared(cookie, tag));
    }

    /** As {@link #unlock(String)}. */
    default CompletableFuture<Void> unlockAsync(String cookie) {
        return run("unlocking", () -> unlock(cookie));
    }

    /** As {@link #breakLock(String, String)}. */
    default CompletableFuture<Void> breakLockAsync(String client, String cookie) {
        return run("breaking the lock of " + client, () -> breakLock(client, cookie));
    }

    private <T> CompletableFuture<T> get(String doing, Callable<? extends T> call) {
        return Asked.get(image().pool(), ofImage(doing), call);
    }

    private CompletableFuture<Void> run(String doing, Asked.Call call) {
        return Asked.run(image().pool(), ofImage(doing), call);
    }

    private String ofImage(String doing) {
        return doing + " of image " + image().pool() + "/" + image().name();
    }
}
