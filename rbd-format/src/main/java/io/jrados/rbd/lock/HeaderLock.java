package io.jrados.rbd.lock;

import io.jrados.cls.Lock;
import io.jrados.cls.LockInfo;
import io.jrados.cls.LockTerms;
import io.jrados.cls.Locks;
import io.jrados.error.Errno;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.rados.Pool;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The managed lock of one header (src/librbd/managed_lock/GetLockerRequest.cc,
 * src/librbd/managed_lock/BreakRequest.cc): name {@code rbd_lock}, tag {@code internal}, cookie {@code auto} with the
 * handle of the owner's watch.
 */
final class HeaderLock implements LockRequests {
    private static final Logger LOG = LoggerFactory.getLogger(HeaderLock.class);

    /** No port, and a nonce. */
    private static final Pattern CLIENT = Pattern.compile("(?:[0-9.]{7,15}|\\[[0-9a-fA-F:.]{2,45}]):0/[1-9][0-9]{0,9}");

    private final Pool pool;
    private final String header;
    private final LockSettings settings;
    private final Locks locks;
    private final ClientLocks ours;
    private final ClientLocks.Place place;

    /** A lock takes no room, and whoever makes room needs it: it is taken and given back in a full pool too. */
    HeaderLock(Pool pool, String header, LockSettings settings) {
        this.pool = pool;
        this.header = header;
        this.settings = settings;
        this.locks = Locks.in(pool.withFullTry());
        this.ours = ClientLocks.of(pool.rados());
        this.place = ClientLocks.Place.of(pool, header);
    }

    static Lock with(String cookie) {
        return Lock.exclusive(LockOwner.LOCK_NAME, cookie).withTag(LockOwner.TAG);
    }

    @Override
    public CompletableFuture<Void> lock(String cookie) {
        return locks.lockAsync(header, with(cookie), LockTerms.USUAL);
    }

    @Override
    public CompletableFuture<Void> unlock(String cookie) {
        return locks.unlockAsync(header, with(cookie));
    }

    @Override
    public CompletableFuture<Void> setCookie(String cookie, String newCookie) {
        return locks.setCookieAsync(header, with(cookie), newCookie);
    }

    @Override
    public CompletableFuture<Optional<LockOwner>> owner() {
        return LockOwner.of(pool, header);
    }

    @Override
    public CompletableFuture<Void> breakLock(LockOwner owner) {
        return locks.breakLockAsync(
                header,
                LockOwner.LOCK_NAME,
                new LockInfo.Locker(owner.client(), owner.cookie(), Optional.empty(), owner.address(), ""));
    }

    @Override
    public CompletableFuture<Boolean> isAlive(LockOwner owner) {
        return pool.operateAsync(header, new ReadOperation().listWatchers())
                .thenApply(result -> result.watchers(0).stream()
                        .anyMatch(watcher -> watcher.cookie() == owner.handle()
                                && untyped(watcher.address()).equals(untyped(owner.address()))));
    }

    /** Addresses are compared in the form without a type. */
    private static String untyped(String address) {
        return address.replaceFirst("^(v1|v2|any):", "");
    }

    @Override
    public CompletableFuture<Void> fence(LockOwner owner) {
        return settings.blocklist()
                ? fence(pool, header, owner.address(), settings)
                : CompletableFuture.completedFuture(null);
    }

    /**
     * Fences the address that a lock names. Whoever may write a header may write any address into its lock, and so has
     * others fence it: addresses that no client has are refused with EPERM, and the lock stays. Those of daemons have a
     * port, and one without a nonce stands for a whole host (OSDMap::is_blocklisted, src/osd/OSDMap.cc).
     *
     * <p>The command's name has changed with release 16.
     */
    static CompletableFuture<Void> fence(Pool pool, String header, String address, LockSettings settings) {
        if (isOwn(pool, address)) {
            return CompletableFuture.failedFuture(new RadosException(
                    Errno.EPERM,
                    "fencing " + address + ", which " + header + " names as the owner of its lock: the address is this"
                            + " client's own, all of whose images would be lost"));
        }
        if (!CLIENT.matcher(untyped(address)).matches()) {
            return CompletableFuture.failedFuture(new RadosException(
                    Errno.EPERM,
                    "fencing " + address + ", which " + header + " names as the owner of its lock: no client has such"
                            + " an address, so the lock was forged, and stays until it is removed by hand"));
        }
        LOG.warn("fencing {}: it owns the lock of {} and has to lose it", address, Printable.of(header));
        return pool.rados()
                .monCommandAsync(command("blocklist", address, settings), new byte[0])
                .exceptionallyCompose(failed -> isUnknown(failed)
                        ? pool.rados().monCommandAsync(command("blacklist", address, settings), new byte[0])
                        : CompletableFuture.failedFuture(failed))
                .thenCompose(done -> pool.rados().waitForLatestOsdMapAsync());
    }

    private static boolean isUnknown(Throwable failed) {
        return Failures.of(failed) instanceof RadosException known && known.errno() == Errno.EINVAL;
    }

    private static String command(String word, String address, LockSettings settings) {
        String expire = settings.blocklistFor().isZero()
                ? ""
                : ", \"expire\": " + settings.blocklistFor().toSeconds() + ".0";
        return "{\"prefix\": \"osd " + word + "\", \"" + word + "op\": \"add\", \"addr\": \"" + untyped(address) + "\""
                + expire + "}";
    }

    @Override
    public Relation relation(LockOwner owner) {
        boolean own = isOwn(pool, owner.address());
        if (!own && !owner.client().equals("client." + pool.rados().instanceId())) {
            return Relation.OTHER;
        }
        return own && !ours.isInUse(place, owner.cookie()) ? Relation.REMNANT : Relation.OURS;
    }

    /** Nobody else is behind it, whoever a lock says it is: to fence it is to fence all that this client has open. */
    private static boolean isOwn(Pool pool, String address) {
        return untyped(address).equals(untyped(pool.rados().address()));
    }

    @Override
    public void use(String cookie) {
        ours.use(place, cookie);
    }

    @Override
    public void disuse(String cookie) {
        ours.disuse(place, cookie);
    }
}
