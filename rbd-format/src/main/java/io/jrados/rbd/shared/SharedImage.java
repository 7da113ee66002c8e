package io.jrados.rbd.shared;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Wait;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.image.WriteAccess;
import io.jrados.rbd.lock.LockPolicy;
import io.jrados.rbd.lock.LockSettings;
import io.jrados.rbd.lock.LockedImage;
import io.jrados.rbd.lock.Peers;
import io.jrados.rbd.ops.Settings;
import io.jrados.rbd.verb.VerbExecutor;
import io.jrados.rbd.verb.VerbThreads;
import io.jrados.rbd.wait.Within;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * An image open for writing: watched, so that the others know of it, and with a lock that is taken when it is needed
 * and given away when others need it. What {@link ImageContext} is without the others.
 */
public final class SharedImage implements WriteAccess, OpenImages.Explains, AutoCloseable {
    private final ImageContext image;
    private final Peers peers;

    private SharedImage(ImageContext image, LockSettings settings) {
        this.image = image;
        VerbExecutor threads = VerbThreads.of(image.pool().rados()).served();
        this.peers = new Peers(
                image.pool(),
                image.header(),
                new Guarded(),
                settings,
                new ServedVerbs(image, threads),
                threads::runApart);
    }

    /** Watches the header, and then reads it again: it may have changed before it was watched. */
    public static SharedImage of(ImageContext image) throws RadosException {
        SharedImage shared = new SharedImage(image, Settings.of(image).lock());
        OpenImages.of(image.pool().rados()).add(shared);
        image.access(shared);
        image.beforeRefresh(shared.peers::watchAsync);
        try {
            image.refresh();
            return shared;
        } catch (RadosException | RuntimeException failed) {
            try {
                shared.close();
            } catch (RadosException another) {
                failed.addSuppressed(another);
            }
            throw failed;
        }
    }

    public ImageContext image() {
        return image;
    }

    @Override
    public Optional<Peers> peers() {
        return Optional.of(peers);
    }

    @Override
    public boolean isOwned() {
        return peers.lock().isOwned();
    }

    /**
     * Acquires the lock for writers that find it elsewhere. Under another policy than the automatic one they are
     * refused.
     */
    @Override
    public CompletableFuture<Void> acquireAsync() {
        try {
            image.checkNotFenced();
        } catch (RadosException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        return peers.lock().policy() == LockPolicy.AUTOMATIC
                ? peers.lock().acquireAsync()
                : CompletableFuture.failedFuture(new RadosException(
                        Errno.EROFS, "writing to image " + image.spec() + ", whose lock is taken by hand only"));
    }

    @Override
    public void assertOwned(WriteOperation operation) {
        peers.lock().assertOwned(operation);
    }

    @Override
    public CompletableFuture<Boolean> tryAcquireAsync() {
        return peers.lock().tryAcquireAsync();
    }

    @Override
    public String obstacle() {
        return peers.lock().obstacle();
    }

    @Override
    public void explain(Explanation.Builder all) {
        image.explain(all);
        peers.explain(all);
    }

    @Override
    public void headerRead(boolean locked) {
        if (!locked && isOwned()) {
            peers.lock().releaseAsync();
        }
    }

    /** The image is closed here: what is left of it is the client's affair. */
    public void leave() {
        peers.leave();
        peers.goneAsync()
                .whenComplete(
                        (gone, failed) -> OpenImages.of(image.pool().rados()).remove(this));
    }

    /**
     * Gives the lock away when verbs and writes under way are done, and ends the watch
     * (src/librbd/image/CloseRequest.cc). What fails, or takes longer than anybody waits, the client goes on with;
     * another call tells of it.
     */
    public CompletableFuture<Void> closeAsync() {
        leave();
        return peers.closeAsync();
    }

    @Override
    public void close() throws RadosException {
        Wait.throughInterrupts(Within.of(image.pool(), closeAsync(), () -> late("closing image " + image.spec())));
    }

    /** The failure of somebody who does not wait any longer: what keeps the lock here. */
    public DeadlineException late(String doing) {
        String doubts = image.doubts().isEmpty() ? "" : "; " + image.doubts().describe();
        String lock = peers.isLockHeld()
                ? ": this client still has its lock, and goes on giving it away until it is closed itself"
                : "";
        return new DeadlineException(doing + lock + doubts, DeadlineException.Sent.UNKNOWN, null);
    }

    /** The image as its lock sees it. */
    private final class Guarded implements LockedImage {
        @Override
        public String spec() {
            return image.spec();
        }

        @Override
        public CompletableFuture<Void> acquired() {
            return image.gate().holdingAsync("opening its object map", image::lockAcquired);
        }

        @Override
        public CompletableFuture<Void> release(Supplier<CompletableFuture<Void>> unlock) {
            // With the gate open: writers need not wait for what may be in doubt for long.
            return image.doubts().settledAsync("giving away the lock of").thenCompose(settled -> image.gate()
                    .holdingAsync("giving its lock away", hold -> image.beforeLockRelease(hold)
                            .handle((closed, failed) -> unlock.get().thenRun(() -> {
                                if (failed != null) {
                                    throw new CompletionException(failed);
                                }
                            }))
                            .thenCompose(unlocked -> unlocked)));
        }

        @Override
        public void lost() {
            image.doubts().abandon();
        }

        @Override
        public void ownershipChanged() {
            image.gate().reviewWriters();
        }

        @Override
        public void headerChanged() {
            image.invalidate();
        }

        @Override
        public void fenced(RadosException why) {
            image.fence(why);
        }
    }
}
