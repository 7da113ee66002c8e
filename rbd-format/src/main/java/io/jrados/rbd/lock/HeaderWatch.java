package io.jrados.rbd.lock;

import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rados.Watch;
import io.jrados.wire.Decoder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watch that says an image is open for writing, and through which its clients talk (src/librbd/ImageWatcher.cc).
 * This client answers every notification, but owns no lock and so leaves all requests to whoever does.
 *
 * <p>A watch that is lost is replaced at once if that works, else by the next {@link #ensureAsync()}. What was notified
 * meanwhile was missed: that counts as a change of the header.
 */
public final class HeaderWatch {
    private static final Logger log = LoggerFactory.getLogger(HeaderWatch.class);
    private static final byte[] ACKNOWLEDGED = {};

    private final Pool pool;
    private final String header;
    private final Runnable changed;
    private final AtomicReference<@Nullable Registration> current = new AtomicReference<>();
    private volatile boolean closed;

    /**
     * Watches nothing yet.
     *
     * @param changed called when the header has changed, or may have; must not block
     */
    public HeaderWatch(Pool pool, String header, Runnable changed) {
        this.pool = pool;
        this.header = header;
        this.changed = changed;
    }

    /** Completes when the header is watched. Does nothing if it is, or if this is closed. */
    public CompletableFuture<Void> ensureAsync() {
        while (!closed) {
            Registration known = current.get();
            if (known != null) {
                return known.watch.thenAccept(watch -> {});
            }
            Registration mine = new Registration();
            if (current.compareAndSet(null, mine)) {
                if (closed && current.compareAndSet(mine, null)) {
                    break;
                }
                mine.register();
                return mine.watch.thenAccept(watch -> {});
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    /** The cookie that the cluster knows the watch by; 0 while there is none. */
    public long handle() {
        Registration known = current.get();
        if (known == null || known.watch.isCompletedExceptionally()) {
            return 0;
        }
        Watch watch = known.watch.getNow(null);
        return watch == null ? 0 : watch.handle();
    }

    /** Ends the watch. One that the cluster does not know any more is no failure. */
    public void close() throws RadosException {
        closed = true;
        Registration last = current.getAndSet(null);
        if (last == null) {
            return;
        }
        try {
            Wait.on(last.watch.thenCompose(Watch::closeAsync));
        } catch (RadosException failed) {
            if (failed.errno() != Errno.ENOTCONN && failed.errno() != Errno.ENOENT) {
                throw failed;
            }
        }
    }

    private byte[] answer(byte[] message) {
        try {
            if (NotifyMessage.decode(Decoder.of(message)) instanceof NotifyMessage.HeaderUpdate) {
                changed.run();
            }
        } catch (MalformedException malformed) {
            log.warn("{} was notified of what cannot be read: {}", header, malformed.getMessage());
        }
        return ACKNOWLEDGED;
    }

    /** One watch, from its registration to its loss. */
    private final class Registration implements Watch.Listener {
        private final CompletableFuture<Watch> watch = new CompletableFuture<>();

        void register() {
            pool.watchAsync(header, this).whenComplete((registered, failed) -> {
                if (failed == null) {
                    watch.complete(registered);
                } else {
                    current.compareAndSet(this, null);
                    watch.completeExceptionally(failed);
                }
            });
        }

        @Override
        public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
            return answer(message);
        }

        @Override
        public void onError(RadosException error) {
            if (!current.compareAndSet(this, null)) {
                return;
            }
            log.info("the watch of {} is lost: {}", header, error.getMessage());
            changed.run();
            watch.thenCompose(Watch::closeAsync)
                    .handle((closed, ignored) -> ensureAsync())
                    .thenCompose(ensured -> ensured)
                    .exceptionally(failed -> {
                        log.info("watching {} again waits for the next request: {}", header, failed.getMessage());
                        return null;
                    });
        }
    }
}
