package io.jrados.rbd.lock;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.wire.Encoder;
import java.util.concurrent.CompletableFuture;

/**
 * The watch of an image that is open at a snapshot: others see that somebody reads it, and it hears when the header
 * changes. It takes no part in the image's lock and in what the writers ask each other (src/librbd/ImageWatcher.cc).
 */
public final class SnapshotWatch {
    private static final byte[] ACKNOWLEDGED = {};

    private final HeaderWatch watch;
    private final Listener listener;

    /** The receiver of the news. */
    public interface Listener {
        /** The header has changed; may block, but not for long: whoever changed it waits. */
        void changed();

        /** The header may have changed while nobody watched it; must not block. */
        void missed();

        /** This client can do nothing in this cluster any more; must not block. */
        void fenced(RadosException why);
    }

    /** Watches nothing yet. */
    public SnapshotWatch(Pool pool, String header, Listener listener) {
        this.listener = listener;
        this.watch = new HeaderWatch(pool, header, pool.rados().loop(), new Heard());
    }

    /** Watches the header, if it is not watched. EPERM for a user who may only read, EBADF when closed. */
    public CompletableFuture<Void> watchAsync() {
        return watch.ensureAsync().thenAccept(handle -> {});
    }

    /** The cookie that the cluster knows the watch by; 0 while there is none. */
    public long handle() {
        return watch.handle();
    }

    /** Ends the watch, for good. */
    public CompletableFuture<Void> closeAsync() {
        return watch.closeAsync();
    }

    private final class Heard implements HeaderWatch.Listener {
        @Override
        public byte[] notified(NotifyMessage message) {
            if (message instanceof NotifyMessage.HeaderUpdate) {
                listener.changed();
                return answer(0);
            }
            return message instanceof NotifyMessage.Request request && request.op() == NotifyOp.QUIESCE
                    ? answer(-Errno.EOPNOTSUPP.number())
                    : ACKNOWLEDGED;
        }

        @Override
        public void lost() {
            listener.missed();
        }

        @Override
        public void watchedAgain(long handle) {
            listener.missed();
        }

        @Override
        public void fenced(RadosException why) {
            listener.fenced(why);
        }

        private static byte[] answer(int result) {
            return Encoder.bytesOf(new NotifyResponse(result)::encode);
        }
    }
}
