package io.jrados.drivers.cinder.flow;

import io.jrados.conf.Environment;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.error.BusyException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes an image or moves it to the trash, trying again for the busy budget while somebody has it open. */
final class RemoveImage {
    private static final Logger LOG = LoggerFactory.getLogger(RemoveImage.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private final Call call;
    private final Rbd rbd;

    @FunctionalInterface
    private interface Removal {
        void run() throws RadosException;
    }

    RemoveImage(Call call, Rbd rbd) {
        this.call = call;
        this.rbd = rbd;
    }

    /** Removes it. ENOTEMPTY while clones or snapshots need it. */
    void run(String image) throws RadosException {
        patiently(image, () -> {
            rbd.remove(image, call.progress());
            call.did("removed", rbd, image);
        });
    }

    /** Moves it to the trash, with its snapshots and clones. */
    void toTrash(String image, Duration delay) throws RadosException {
        patiently(image, () -> {
            rbd.moveToTrash(image, delay);
            call.did("moved to the trash", rbd, image);
        });
    }

    /** Waits until nobody has it open. */
    void awaitUnused(String image) throws RadosException {
        patiently(image, () -> {
            try (Image open = rbd.openReadOnly(image)) {
                if (!open.watchers().isEmpty()) {
                    throw new BusyException("waiting until nobody has volume " + image + " open", null);
                }
            }
        });
    }

    private void patiently(String image, Removal removal) throws RadosException {
        Environment environment = call.backend().environment();
        Duration budget = call.options().busyBudget();
        long end = environment.nanoTime() + budget.toNanos();
        for (long pause = FIRST_PAUSE.toNanos(); ; pause *= 2) {
            try {
                removal.run();
                return;
            } catch (NotFoundException gone) {
                LOG.debug("volume {} is gone already", image);
                return;
            } catch (BusyException busy) {
                long left = end - environment.nanoTime();
                if (left <= 0) {
                    throw new DriverException(
                            Kind.VOLUME_IS_BUSY,
                            "deleting volume " + image + " for " + budget.toSeconds()
                                    + " s; a client that died is forgotten after 30 s",
                            busy);
                }
                LOG.warn("volume {} is in use, trying again: {}", image, busy.getMessage());
                call.checkGoesOn("waiting until volume " + image + " is no longer in use, to delete it");
                Wait.on(new CompletableFuture<Void>()
                        .completeOnTimeout(null, Math.min(pause, left), TimeUnit.NANOSECONDS));
            }
        }
    }
}
