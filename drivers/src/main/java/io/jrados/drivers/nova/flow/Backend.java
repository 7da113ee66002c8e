package io.jrados.drivers.nova.flow;

import io.jrados.conf.Environment;
import io.jrados.drivers.DriverEvent;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.nova.model.NovaOptions;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The cluster, the pool of the disks and the options: what every flow needs. */
public final class Backend {
    private final Rados rados;
    private final NovaOptions options;
    private final DriverEvent.Hook hook;

    /**
     * @param rados stays the caller's
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION}
     */
    public Backend(Rados rados, NovaOptions options, DriverEvent.Hook hook) throws DriverException {
        options.check();
        this.rados = rados;
        this.options = options;
        this.hook = hook;
    }

    /** Told of what the calls do. */
    public DriverEvent.Hook hook() {
        return hook;
    }

    /** The name of the disks' pool. */
    public String pool() {
        return options.pool();
    }

    Rados rados() {
        return rados;
    }

    NovaOptions options() {
        return options;
    }

    Environment environment() {
        return rados.environment();
    }

    /** The disks, whose writes fail at once when their pool is full. */
    Rbd disks() throws RadosException {
        return in(options.pool());
    }

    /** The images of another pool. */
    Rbd in(String pool) throws RadosException {
        try {
            return Rbd.on(rados.pool(pool).withFullTry());
        } catch (NotFoundException missing) {
            throw new DriverException(Kind.NOT_FOUND, "opening pool " + pool, missing);
        }
    }

    /** A disk's size in bytes; -1 if there is none, or only what a creation left that died. */
    static long size(Rbd rbd, String disk) throws RadosException {
        try (Image image = rbd.openReadOnly(disk)) {
            return image.size();
        } catch (NotFoundException missing) {
            return -1;
        }
    }

    static void pause(Duration time) throws RadosException {
        Wait.on(new CompletableFuture<Void>().completeOnTimeout(null, time.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** The failure as Nova's Forbidden, if it is for want of a right. */
    static RadosException forbidden(RadosException failed, String doing) {
        boolean isForbidden = failed.errno() == Errno.EPERM || failed.errno() == Errno.EACCES;
        return isForbidden && !(failed instanceof DriverException)
                ? withSuppressed(new DriverException(Kind.FORBIDDEN, doing, failed), failed)
                : failed;
    }

    /** A failure that stands for another has its failures of clean-up too. */
    static DriverException withSuppressed(DriverException failure, RadosException original) {
        for (Throwable suppressed : original.getSuppressed()) {
            failure.addSuppressed(suppressed);
        }
        return failure;
    }
}
