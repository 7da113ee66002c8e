package io.jrados.drivers.backup.flow;

import io.jrados.drivers.DriverEvent;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.BackupOptions;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;

/** The cluster of the backups, and the options. */
public final class BackupPool {
    private static final long FEATURES = Features.LAYERING
            | Features.STRIPINGV2
            | Features.EXCLUSIVE_LOCK
            | Features.OBJECT_MAP
            | Features.FAST_DIFF;

    private final Rados rados;
    private final BackupOptions options;
    private final DriverEvent.Hook hook;

    /**
     * @param rados stays the caller's
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION}
     */
    public BackupPool(Rados rados, BackupOptions options, DriverEvent.Hook hook) throws DriverException {
        options.check();
        this.rados = rados;
        this.options = options;
        this.hook = hook;
    }

    /** Told of what the calls do. */
    public DriverEvent.Hook hook() {
        return hook;
    }

    BackupOptions options() {
        return options;
    }

    /**
     * The pool of a backup, where writes fail at once when it is full.
     *
     * @throws DriverException {@link Kind#BACKUP_OPERATION}, ENOENT, without that pool
     */
    Pool pool(Backup backup) throws RadosException {
        String name = backup.container().filter(pool -> !pool.isEmpty()).orElse(options.pool());
        try {
            return rados.pool(name).withFullTry();
        } catch (NotFoundException missing) {
            throw new DriverException(
                    Kind.BACKUP_OPERATION, "opening pool " + name + " of backup " + backup.id(), missing);
        }
    }

    /** The base images in the pool of a backup. */
    Rbd images(Backup backup) throws RadosException {
        return Rbd.on(pool(backup));
    }

    /** The form of a new base image. */
    ImageOptions newBase() {
        ImageOptions base = ImageOptions.DEFAULT.withFeatures(FEATURES);
        return options.stripeUnit().isPresent()
                ? base.withStriping(
                        options.stripeUnit().getAsLong(), options.stripeCount().getAsLong())
                : base;
    }

    /** Seconds since 1970 with decimals, for names of snapshots. */
    String now() {
        long millis = rados.environment().wallClockMillis();
        return millis / 1000 + "." + String.format("%03d", millis % 1000);
    }
}
