package io.jrados.drivers.backup.flow;

import io.jrados.conf.Environment;
import io.jrados.error.BusyException;
import io.jrados.error.NotFoundException;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes a base image, trying again with growing pauses while somebody has it open. */
final class RemoveBase {
    private static final Logger LOG = LoggerFactory.getLogger(RemoveBase.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private final Duration budget;

    RemoveBase(Duration budget) {
        this.budget = budget;
    }

    /** @throws BusyException when it was in use for the whole budget */
    void run(Rbd images, String base) throws RadosException {
        Environment environment = images.pool().rados().environment();
        long end = environment.nanoTime() + budget.toNanos();
        for (long pause = FIRST_PAUSE.toNanos(); ; pause *= 2) {
            try {
                images.remove(base, Progress.NONE);
                return;
            } catch (NotFoundException gone) {
                LOG.info("{} is gone already", Printable.of(base));
                return;
            } catch (BusyException busy) {
                long left = end - environment.nanoTime();
                if (left <= 0) {
                    throw busy;
                }
                LOG.warn("{} is in use, trying again: {}", Printable.of(base), busy.getMessage());
                Wait.on(new CompletableFuture<Void>()
                        .completeOnTimeout(null, Math.min(pause, left), TimeUnit.NANOSECONDS));
            }
        }
    }
}
