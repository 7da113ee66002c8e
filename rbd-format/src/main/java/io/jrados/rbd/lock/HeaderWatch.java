package io.jrados.rbd.lock;

import io.jrados.conf.Loop;
import io.jrados.error.ClosedException;
import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Watch;
import io.jrados.wire.Decoder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watch that says an image is open for writing, and through which its clients talk (src/librbd/Watcher.cc,
 * src/librbd/watcher/RewatchRequest.cc).
 *
 * <p>A watch that is lost is replaced at once, and if that fails every second, unless this client is fenced or the
 * header gone. What was notified meanwhile was missed: that counts as a change of the header.
 */
final class HeaderWatch {
    private static final Logger LOG = LoggerFactory.getLogger(HeaderWatch.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final byte[] ACKNOWLEDGED = {};

    /** The receiver of notifications. */
    interface Listener {
        /** Returns the answer; may block for a while, but no other notification of this header comes meanwhile. */
        byte[] notified(NotifyMessage message);

        /** The watch is lost; must not block. */
        void lost();

        /** Tells that the watch was lost, and is there again under another handle; must not block. */
        void watchedAgain(long handle);

        /** Tells that the watch will never be there again; must not block. */
        void fenced(RadosException why);
    }

    private final Pool pool;
    private final String header;
    private final Loop loop;
    private final Listener listener;
    private final AtomicReference<@Nullable Registration> current = new AtomicReference<>();
    private volatile boolean closed;

    /** Watches nothing yet. */
    HeaderWatch(Pool pool, String header, Loop loop, Listener listener) {
        this.pool = pool;
        this.header = header;
        this.loop = loop;
        this.listener = listener;
    }

    /** Completes with its handle when the header is watched, at once if it is; {@link ClosedException} when closed. */
    CompletableFuture<Long> ensureAsync() {
        while (!closed) {
            Registration known = current.get();
            if (known != null) {
                return known.watch.thenApply(Watch::handle);
            }
            Registration mine = new Registration();
            if (current.compareAndSet(null, mine)) {
                if (closed && current.compareAndSet(mine, null)) {
                    break;
                }
                mine.register();
                return mine.watch.thenApply(Watch::handle);
            }
        }
        return CompletableFuture.failedFuture(new ClosedException("watching " + header));
    }

    /** The cookie that the cluster knows the watch by; 0 while there is none. */
    long handle() {
        Registration known = current.get();
        if (known == null || known.watch.isCompletedExceptionally()) {
            return 0;
        }
        Watch watch = known.watch.getNow(null);
        return watch == null ? 0 : watch.handle();
    }

    /** Ends the watch. One that the cluster does not know any more is no failure. */
    CompletableFuture<Void> closeAsync() {
        closed = true;
        Registration last = current.getAndSet(null);
        return last == null
                ? CompletableFuture.completedFuture(null)
                : last.watch
                        .thenCompose(Watch::closeAsync)
                        .exceptionallyCompose(failed -> Failures.is(failed, Errno.ENOTCONN)
                                        || Failures.is(failed, Errno.ENOENT)
                                        || Failures.isFinal(failed)
                                ? CompletableFuture.completedFuture(null)
                                : CompletableFuture.failedFuture(failed));
    }

    private void watchAgain() {
        ensureAsync().whenComplete((handle, failed) -> {
            if (failed == null) {
                listener.watchedAgain(handle);
            } else if (Failures.isFinal(failed)) {
                listener.fenced(Failures.of(failed, "watching " + header));
            } else if (!closed && !Failures.is(failed, Errno.ENOENT)) {
                LOG.info(
                        "watching {} again: {}",
                        Printable.of(header),
                        Failures.of(failed).getMessage());
                loop.schedule(RETRY, this::watchAgain);
            }
        });
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
            if (closed) {
                return ACKNOWLEDGED;
            }
            try {
                return listener.notified(read(message));
            } catch (MalformedException malformed) {
                LOG.warn("{} was notified of what cannot be read: {}", Printable.of(header), malformed.getMessage());
                return ACKNOWLEDGED;
            }
        }

        /** The oldest clients say with nothing that the header has changed. */
        private static NotifyMessage read(byte[] message) {
            return message.length == 0 ? new NotifyMessage.HeaderUpdate() : NotifyMessage.decode(Decoder.of(message));
        }

        @Override
        public void onError(RadosException error) {
            if (!current.compareAndSet(this, null) || closed) {
                return;
            }
            LOG.info("the watch of {} is lost: {}", Printable.of(header), error.getMessage());
            listener.lost();
            if (Failures.isFinal(error)) {
                listener.fenced(error);
                return;
            }
            watch.thenCompose(Watch::closeAsync).whenComplete((ended, ignored) -> watchAgain());
        }
    }
}
