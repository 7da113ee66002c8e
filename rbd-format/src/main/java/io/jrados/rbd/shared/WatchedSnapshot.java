package io.jrados.rbd.shared;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.lock.SnapshotWatch;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An image open at a snapshot, and watched, so that it hears when the snapshot is removed: reads fail from then on. It
 * gives its watch up by itself then, before the remover goes on, or it would keep the image from being deleted. A user
 * who may only read cannot watch; the data plane answers no false zeroes all the same.
 */
public final class WatchedSnapshot implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedSnapshot.class);

    private final ImageContext image;
    private final SnapshotWatch watch;

    private WatchedSnapshot(ImageContext image) {
        this.image = image;
        this.watch = new SnapshotWatch(image.pool(), image.header(), new Heard());
    }

    /**
     * Watches the header, and then reads it again: it may have changed before it was watched.
     *
     * @throws RadosException ENOENT if the snapshot was removed meanwhile
     */
    public static WatchedSnapshot of(ImageContext image) throws RadosException {
        WatchedSnapshot opened = new WatchedSnapshot(image);
        try {
            opened.begin();
            return opened;
        } catch (RadosException | RuntimeException failed) {
            try {
                opened.close();
            } catch (RadosException another) {
                failed.addSuppressed(another);
            }
            throw failed;
        }
    }

    private void begin() throws RadosException {
        try {
            Wait.on(watch.watchAsync());
        } catch (RadosException refused) {
            if (refused.errno() != Errno.EPERM) {
                throw refused;
            }
            LOG.debug("{} is read without a watch: {}", image.spec(), refused.getMessage());
            return;
        }
        image.beforeRefresh(watch::watchAsync);
        image.refresh();
        if (isGone()) {
            throw new NotFoundException("opening image " + image.spec() + " at snapshot " + image.snapId(), null);
        }
    }

    private boolean isGone() {
        return image.state().snapshot(image.snapId()).isEmpty();
    }

    /** The cookie that the cluster knows the watch by; 0 while there is none. */
    public long watchHandle() {
        return watch.handle();
    }

    /** Ends the watch. */
    public CompletableFuture<Void> closeAsync() {
        image.beforeRefresh(() -> CompletableFuture.completedFuture(null));
        return watch.closeAsync();
    }

    @Override
    public void close() throws RadosException {
        Wait.on(closeAsync());
    }

    private final class Heard implements SnapshotWatch.Listener {
        @Override
        public void changed() {
            image.invalidate();
            try {
                image.refresh();
                if (isGone()) {
                    // The OSD takes it before our answer to this notification, for which the remover waits.
                    closeAsync();
                }
            } catch (RadosException later) {
                LOG.debug("{} is read again before the next request: {}", image.spec(), later.getMessage());
            }
        }

        @Override
        public void missed() {
            image.invalidate();
        }

        @Override
        public void fenced(RadosException why) {
            image.fence(why);
        }
    }
}
