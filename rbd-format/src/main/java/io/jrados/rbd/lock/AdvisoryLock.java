package io.jrados.rbd.lock;

import io.jrados.cls.Lock;
import io.jrados.cls.LockInfo;
import io.jrados.cls.LockTerms;
import io.jrados.cls.LockType;
import io.jrados.cls.Locks;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.LockHolder;
import io.jrados.rbd.model.LockHolders;

/**
 * The lock that people and programs set on an image by themselves (list_lockers, lock, unlock and break_lock in
 * src/librbd/internal.cc). It has the name of the managed one, so that neither can be taken while the other is.
 */
public final class AdvisoryLock {
    private final Pool pool;
    private final String header;
    private final Locks locks;

    public AdvisoryLock(Pool pool, String header) {
        this.pool = pool;
        this.header = header;
        this.locks = Locks.in(pool);
    }

    public LockHolders holders() throws RadosException {
        LockInfo info = locks.info(header, LockOwner.LOCK_NAME);
        return new LockHolders(
                info.lockers().stream()
                        .map(locker -> new LockHolder(locker.client(), locker.address(), locker.cookie()))
                        .toList(),
                info.type() != LockType.SHARED,
                info.tag());
    }

    public void lockExclusive(String cookie) throws RadosException {
        locks.lock(header, Lock.exclusive(LockOwner.LOCK_NAME, cookie), LockTerms.USUAL);
    }

    public void lockShared(String cookie, String tag) throws RadosException {
        locks.lock(header, Lock.shared(LockOwner.LOCK_NAME, cookie, tag), LockTerms.USUAL);
    }

    public void unlock(String cookie) throws RadosException {
        locks.unlock(header, Lock.exclusive(LockOwner.LOCK_NAME, cookie));
    }

    /** Fences before it breaks. */
    public void breakLock(String client, String cookie, LockSettings settings) throws RadosException {
        LockInfo.Locker holder = locks.info(header, LockOwner.LOCK_NAME).lockers().stream()
                .filter(locker ->
                        locker.client().equals(client) && locker.cookie().equals(cookie))
                .findFirst()
                .orElseThrow(
                        () -> new NotFoundException("breaking a lock of " + header + " that " + client + " has", null));
        if (settings.blocklist()) {
            if (client.equals("client." + pool.rados().instanceId())) {
                throw new RadosException(Errno.EINVAL, "breaking a lock of " + header + " that this client has itself");
            }
            Wait.on(HeaderLock.fence(pool, header, holder.address(), settings));
        }
        locks.breakLock(header, LockOwner.LOCK_NAME, holder);
    }
}
