package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.lock.NotifyMessage;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells everybody who has an image open that its header has changed (C_NotifyUpdate, src/librbd/Operations.cc). */
final class HeaderUpdates {
    /** NOTIFY_TIMEOUT, src/librbd/watcher/Notifier.cc. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(HeaderUpdates.class);

    private HeaderUpdates() {}

    /** Called when the change is durable. Watchers that do not answer, and a header that is gone, are no failure. */
    static void announce(Pool pool, String header) throws RadosException {
        try {
            Wait.on(pool.notifyAsync(header, new NotifyMessage.HeaderUpdate().toBytes(), TIMEOUT));
        } catch (RadosException failed) {
            if (failed.errno() != Errno.ETIMEDOUT && failed.errno() != Errno.ENOENT) {
                throw failed;
            }
            LOG.warn("not every client of {} was told of its change: {}", header, failed.getMessage());
        }
    }
}
