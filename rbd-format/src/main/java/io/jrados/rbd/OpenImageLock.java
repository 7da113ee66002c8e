package io.jrados.rbd;

import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.lock.AdvisoryLock;
import io.jrados.rbd.lock.LockOwner;
import io.jrados.rbd.lock.LockPolicy;
import io.jrados.rbd.lock.LockSettings;
import io.jrados.rbd.lock.Peers;
import io.jrados.rbd.model.LockHolder;
import io.jrados.rbd.model.LockHolders;
import io.jrados.rbd.shared.SharedImage;
import io.jrados.rbd.wait.Within;
import java.util.Objects;
import java.util.Optional;

/** The lock of an open image: the managed one through those who share it, the advisory one through the header. */
final class OpenImageLock implements ImageLock {
    private final Image locked;
    private final Check open;
    private final ImageContext image;
    private final Optional<SharedImage> shared;
    private final AdvisoryLock advisory;

    /** Fails once the image is closed. */
    @FunctionalInterface
    interface Check {
        void run() throws RadosException;
    }

    /** @param open made before anything is asked of the cluster */
    OpenImageLock(Image locked, ImageContext image, Optional<SharedImage> shared, Check open) {
        this.locked = locked;
        this.open = open;
        this.image = image;
        this.shared = shared;
        this.advisory = new AdvisoryLock(image.pool(), image.header());
    }

    private RadosException refused(Errno errno, String why) {
        return RadosException.of(errno, "the lock of image " + image.spec() + ": " + why);
    }

    private Peers peers() throws RadosException {
        open.run();
        Optional<Peers> peers = image.access().peers();
        if (peers.isEmpty() || image.isReadOnly()) {
            throw refused(Errno.EROFS, image.whyReadOnly().orElse("the image is open read-only"));
        }
        checkFeature();
        return peers.get();
    }

    private AdvisoryLock advisory() throws RadosException {
        open.run();
        return advisory;
    }

    private void checkFeature() throws RadosException {
        open.run();
        image.checkNotFenced();
        if (!image.needsLock()) {
            throw refused(Errno.EINVAL, "the image has not the feature exclusive-lock");
        }
    }

    @Override
    public Image image() {
        return locked;
    }

    @Override
    public boolean isOwned() {
        return shared.isPresent() && shared.get().isOwned();
    }

    @Override
    public void acquire() throws RadosException {
        acquire(LockPolicy.MANUAL);
    }

    @Override
    public void acquireTransient() throws RadosException {
        acquire(LockPolicy.TRANSIENT);
    }

    private void acquire(LockPolicy policy) throws RadosException {
        Peers peers = peers();
        peers.lock().policy(policy);
        Wait.on(peers.lock().acquireAsync());
    }

    @Override
    public void release() throws RadosException {
        Peers peers = peers();
        if (!peers.lock().isOwned()) {
            throw refused(Errno.EINVAL, "this client has not got it");
        }
        Wait.on(Within.of(image.pool(), peers.lock().releaseAsync(), () -> shared.get()
                .late("giving away the lock of image " + image.spec())));
    }

    @Override
    public Optional<LockHolder> owner() throws RadosException {
        return lockOwner().map(owner -> new LockHolder(owner.client(), owner.address(), owner.cookie()));
    }

    private Optional<LockOwner> lockOwner() throws RadosException {
        checkFeature();
        return Wait.on(LockOwner.of(image.pool(), image.header()));
    }

    @Override
    public void breakOwner(String address) throws RadosException {
        Objects.requireNonNull(address, "address");
        Peers peers = peers();
        LockOwner owner =
                lockOwner().orElseThrow(() -> new NotFoundException("breaking the lock of " + image.spec(), null));
        if (!owner.address().equals(address)) {
            throw new BusyException(
                    "breaking the lock of image " + image.spec() + ", which " + owner.client() + " at "
                            + owner.address() + " has",
                    null);
        }
        if (peers.lock().isOwned()) {
            throw refused(Errno.EBUSY, "this client has got it");
        }
        Wait.on(peers.breakLockAsync(owner));
    }

    @Override
    public LockHolders holders() throws RadosException {
        return advisory().holders();
    }

    @Override
    public void lockExclusive(String cookie) throws RadosException {
        Objects.requireNonNull(cookie, "cookie");
        advisory().lockExclusive(cookie);
    }

    @Override
    public void lockShared(String cookie, String tag) throws RadosException {
        Objects.requireNonNull(cookie, "cookie");
        Objects.requireNonNull(tag, "tag");
        advisory().lockShared(cookie, tag);
    }

    @Override
    public void unlock(String cookie) throws RadosException {
        Objects.requireNonNull(cookie, "cookie");
        advisory().unlock(cookie);
    }

    @Override
    public void breakLock(String client, String cookie) throws RadosException {
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(cookie, "cookie");
        advisory()
                .breakLock(client, cookie, LockSettings.of(image.pool().rados().conf()));
    }
}
