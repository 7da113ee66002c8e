package io.jrados.rbd.ops;

import io.jrados.conf.CephConf;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.lock.LockSettings;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.SnapshotQuiesce;
import java.time.Duration;

/** Options of the client that verbs obey (src/common/options/rbd.yaml.in). */
public final class Settings {
    /** From this release on all clients know clones of format 2: mimic. */
    private static final int FORMAT_TWO = 13;

    private final Rados rados;
    private final CephConf conf;

    private Settings(Rados rados, CephConf conf) {
        this.rados = rados;
        this.conf = conf;
    }

    /** The client's, with what the pool overrides. */
    static Settings of(Pool pool) throws RadosException {
        return new Settings(pool.rados(), ConfigOverrides.of(pool).effective());
    }

    /** The client's, with what the pool and the image override. */
    public static Settings of(ImageContext image) throws RadosException {
        return new Settings(
                image.pool().rados(),
                ConfigOverrides.of(image.pool(), image.id()).effective());
    }

    /** Returns the settings of the cooperation with other clients. */
    public LockSettings lock() {
        return LockSettings.of(conf);
    }

    /** rbd_default_clone_format: {@code auto} means 2 if every client that may come knows it. */
    int cloneFormat() throws RadosException {
        String format = conf.get("rbd_default_clone_format");
        return switch (format) {
            case "1" -> 1;
            case "2" -> 2;
            case "auto" -> rados.requireMinCompatClient().orElse(0) >= FORMAT_TWO ? 2 : 1;
            default ->
                throw new RadosException(
                        Errno.EINVAL, "reading rbd_default_clone_format: '" + format + "' is none of auto, 1, 2");
        };
    }

    /** Completes the options by the configuration where they are left open. */
    ImageOptions complete(ImageOptions options) throws RadosException {
        ImageOptions completed = options.withOrder(order(options))
                .withFeatures(options.resolveFeatures(defaultFeatures()))
                .withFeaturesSet(0)
                .withFeaturesClear(0);
        String dataPool = conf.get("rbd_default_data_pool");
        if (options.dataPool().isEmpty() && !dataPool.isEmpty()) {
            completed = completed.withDataPool(dataPool);
        }
        long unit = conf.bytes("rbd_default_stripe_unit");
        long count = conf.integer("rbd_default_stripe_count");
        if (options.stripeUnit().isPresent() || unit == 0 && count == 0) {
            return completed;
        }
        if (unit < 1 || count < 1) {
            throw new RadosException(
                    Errno.EINVAL,
                    "reading rbd_default_stripe_unit (" + unit + ") and rbd_default_stripe_count (" + count
                            + "), which go together");
        }
        return completed.withStriping(unit, count);
    }

    private int order(ImageOptions options) throws RadosException {
        long order = conf.integer("rbd_default_order");
        if (options.order().isEmpty() && (order < Layout.MIN_ORDER || order > Layout.MAX_ORDER)) {
            throw new RadosException(Errno.EDOM, "reading rbd_default_order: " + order + " is not within 12 to 25");
        }
        return options.order().orElse((int) order);
    }

    private long defaultFeatures() throws RadosException {
        String features = conf.get("rbd_default_features");
        try {
            return Features.parseConfigured(features);
        } catch (IllegalArgumentException unknown) {
            throw new RadosException(Errno.EINVAL, "reading rbd_default_features: " + unknown.getMessage(), unknown);
        }
    }

    /** rbd_default_snapshot_quiesce_mode. */
    SnapshotQuiesce snapshotQuiesce() throws RadosException {
        String mode = conf.get("rbd_default_snapshot_quiesce_mode");
        return switch (mode) {
            case "required" -> SnapshotQuiesce.REQUIRED;
            case "ignore-error" -> SnapshotQuiesce.IGNORE_ERROR;
            case "skip" -> SnapshotQuiesce.SKIP;
            default ->
                throw new RadosException(
                        Errno.EINVAL,
                        "reading rbd_default_snapshot_quiesce_mode: '" + mode
                                + "' is none of required, ignore-error, skip");
        };
    }

    boolean validatePool() {
        return conf.bool("rbd_validate_pool");
    }

    /** Whether removing an image only moves it to the trash. */
    boolean moveToTrashOnRemove() {
        return conf.bool("rbd_move_to_trash_on_remove");
    }

    /** Returns the least time that it is kept there. */
    Duration moveToTrashExpiry() {
        return Duration.ofSeconds(conf.integer("rbd_move_to_trash_on_remove_expire_seconds"));
    }

    /** Whether removing an image that clones need moves it to the trash until the last of them goes. */
    boolean moveParentToTrashOnRemove() {
        return conf.bool("rbd_move_parent_to_trash_on_remove");
    }
}
