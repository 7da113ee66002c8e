package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Opened;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Flattens an image when one of the slots is free: each reads and writes as fast as the cluster lets it. */
final class Flatten {
    private static final Duration PATIENCE = Duration.ofHours(24);

    private final Call call;

    Flatten(Call call) {
        this.call = call;
    }

    void byName(Rbd rbd, String name) throws RadosException {
        try (Opened opened = new Opened(rbd.open(name))) {
            Image image = opened.image();
            run(rbd, image);
        }
    }

    void run(Rbd rbd, Image image) throws RadosException {
        Optional<Semaphore> slots = call.backend().flattens();
        if (slots.isPresent()) {
            take(slots.get(), image.name());
        }
        try {
            call.did("flattening", rbd, image.name());
            image.flatten(call.progress());
            call.did("flattened", rbd, image.name());
        } finally {
            slots.ifPresent(Semaphore::release);
        }
    }

    private static void take(Semaphore slots, String image) throws RadosException {
        String doing = "waiting until fewer images are flattened, to flatten " + image;
        try {
            if (!slots.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new DeadlineException(doing, DeadlineException.Sent.NEVER_SENT, null);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RadosException(Errno.EINTR, doing, interrupted);
        }
    }
}
