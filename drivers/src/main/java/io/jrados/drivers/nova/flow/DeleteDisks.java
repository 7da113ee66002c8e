package io.jrados.drivers.nova.flow;

import io.jrados.drivers.nova.model.NovaOptions.Key;
import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the disks of an instance, found by its UUID at the beginning of their names. A disk that cannot be removed
 * does not keep the others; the call fails with its failure in the end.
 */
public final class DeleteDisks {
    private static final Logger LOG = LoggerFactory.getLogger(DeleteDisks.class);

    private final Backend backend;

    public DeleteDisks(Backend backend) {
        this.backend = backend;
    }

    /** @param which of the instance's disks, by their whole names */
    public void run(UUID instance, Predicate<String> which, Progress progress) throws RadosException {
        Rbd rbd = backend.disks();
        RadosException failure = null;
        for (String name : rbd.list()) {
            if (name.startsWith(instance.toString()) && which.test(name)) {
                failure = first(failure, attempt(rbd, name, progress));
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static @Nullable RadosException first(@Nullable RadosException failure, @Nullable RadosException next) {
        if (failure != null && next != null) {
            failure.addSuppressed(next);
        }
        return failure == null ? next : failure;
    }

    private @Nullable RadosException attempt(Rbd rbd, String disk, Progress progress) {
        try {
            remove(rbd, disk, progress);
            return null;
        } catch (RadosException failed) {
            return failed;
        }
    }

    private void remove(Rbd rbd, String disk, Progress progress) throws RadosException {
        int attempts = Math.max(1, backend.options().number(Key.RBD_DESTROY_VOLUME_RETRIES));
        for (int attempt = 1; ; attempt++) {
            try {
                if (removed(rbd, disk, progress)) {
                    return;
                }
            } catch (BusyException busy) {
                if (attempt >= attempts) {
                    throw new BusyException(
                            "removing disk " + disk + ", which was in use at each of " + attempts + " attempts", busy);
                }
                LOG.warn("disk {} is in use, trying again: {}", Printable.of(disk), busy.getMessage());
                Backend.pause(backend.options().seconds(Key.RBD_DESTROY_VOLUME_RETRY_INTERVAL));
            }
        }
    }

    /** False if something was in the way, and has been removed. */
    private static boolean removed(Rbd rbd, String disk, Progress progress) throws RadosException {
        try {
            rbd.remove(disk, progress);
            return true;
        } catch (NotFoundException gone) {
            LOG.info("disk {} is gone already", Printable.of(disk));
            return true;
        } catch (RadosException failed) {
            if (failed.errno() == Errno.ENOTEMPTY && DiskSnapshot.removeOwn(rbd, disk)) {
                return false;
            }
            throw failed;
        }
    }
}
