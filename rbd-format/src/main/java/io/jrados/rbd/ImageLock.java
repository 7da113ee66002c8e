package io.jrados.rbd;

import io.jrados.error.RadosException;
import io.jrados.rbd.model.LockHolder;
import io.jrados.rbd.model.LockHolders;
import java.util.Optional;

/**
 * The lock of an open image. With the feature exclusive-lock it is managed: taken with the first write, and given away
 * when another client asks for it, unless a person takes it by {@link #acquire}. Without that feature, or before
 * anybody writes, programs can use the same lock as an advisory one, by cookies of their choice; nobody is kept from
 * writing then.
 */
public interface ImageLock {
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
}
