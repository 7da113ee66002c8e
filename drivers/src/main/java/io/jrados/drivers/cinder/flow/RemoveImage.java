package io.jrados.drivers.cinder.flow;

import io.jrados.conf.Environment;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.error.BusyException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes an image, trying again for the busy budget while somebody has it open. */
final class RemoveImage {
    private static final Logger LOG = LoggerFactory.getLogger(RemoveImage.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private final Backend backend;

    RemoveImage(Backend backend) {
        this.backend = backend;
    }

    void run(Rbd rbd, String volume) throws RadosException {
        Environment environment = Environment.system();
        Duration budget = backend.options().busyBudget();
        long end = environment.nanoTime() + budget.toNanos();
        for (long pause = FIRST_PAUSE.toNanos(); ; pause *= 2) {
            try {
                rbd.remove(volume, Progress.NONE);
                return;
            } catch (NotFoundException gone) {
                LOG.info("volume {} is gone already", volume);
                return;
            } catch (BusyException busy) {
                long left = end - environment.nanoTime();
                if (left <= 0) {
                    throw new DriverException(
                            Kind.VOLUME_IS_BUSY,
                            "deleting volume " + volume + " for " + budget.toSeconds()
                                    + " s; a client that died is forgotten after 30 s",
                            busy);
                }
                LOG.warn("volume {} is in use, trying again: {}", volume, busy.getMessage());
                Wait.on(new CompletableFuture<Void>()
                        .completeOnTimeout(null, Math.min(pause, left), TimeUnit.NANOSECONDS));
            }
        }
    }
}
