package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.header.HeaderReader;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Names;

/**
 * The request for a new image, checked and completed (validate_* of src/librbd/image/CreateRequest.cc).
 *
 * @param spec pool, namespace and name, for messages
 * @param features with those that others imply
 * @param dataPool the pool of the data objects
 */
record NewImage(String spec, String name, long size, Layout layout, long features, Pool dataPool) {
    private static final long MIN_STRIPE_UNIT = 512;

    static NewImage check(Pool pool, String name, long size, ImageOptions options) throws RadosException {
        Names.checkImage(name);
        String spec = Header.spec(pool, name);
        if (size < 0 || size > HeaderReader.MAX_SIZE) {
            throw refused(Errno.EINVAL, spec, size + " bytes are not 0 to 1 EiB");
        }
        if (pool.isErasureCoded()) {
            throw refused(
                    Errno.EINVAL, spec, "pool " + pool.name() + " is erasure-coded, so it can only be a data pool");
        }
        boolean ownDataPool = options.dataPool().map(pool.name()::equals).orElse(true);
        Layout layout = layout(spec, options);
        long features = features(spec, options.features().orElseThrow())
                | (ownDataPool ? 0 : Features.DATA_POOL)
                | (layout.equals(Layout.plain(layout.order())) ? 0 : Features.STRIPINGV2);
        if ((features & Features.OBJECT_MAP) != 0 && layout.objectCount(size) > BitVector.MAX_OBJECTS) {
            throw refused(Errno.EINVAL, spec, "an object map of " + layout.objectCount(size) + " objects");
        }
        Pool dataPool = ownDataPool
                ? pool
                : pool.viewOf(pool.rados().pool(options.dataPool().orElseThrow()));
        return new NewImage(spec, name, size, layout, features, dataPool);
    }

    private static long features(String spec, long asked) throws RadosException {
        if ((asked & ~Features.ALL) != 0) {
            throw refused(Errno.ENOSYS, spec, "the features " + Features.toString(asked));
        }
        if ((asked & Features.JOURNALING) != 0) {
            throw refused(Errno.ENOSYS, spec, "this client writes no journal");
        }
        long features = asked & ~Features.IMPLICIT_ENABLE;
        if ((features & Features.OBJECT_MAP) == 0) {
            return features;
        }
        if ((features & Features.EXCLUSIVE_LOCK) == 0) {
            throw refused(Errno.EINVAL, spec, "object-map needs exclusive-lock");
        }
        return features | Features.FAST_DIFF;
    }

    private static Layout layout(String spec, ImageOptions options) throws RadosException {
        int order = options.order().orElseThrow();
        if (order < Layout.MIN_ORDER || order > Layout.MAX_ORDER) {
            throw refused(
                    Errno.EDOM,
                    spec,
                    "order " + order + " is not within " + Layout.MIN_ORDER + " to " + Layout.MAX_ORDER);
        }
        if (options.stripeUnit().isEmpty()) {
            return Layout.plain(order);
        }
        long unit = options.stripeUnit().getAsLong();
        long count = options.stripeCount().orElseThrow();
        if (unit < MIN_STRIPE_UNIT || (1L << order) % unit != 0 || !Layout.isPossible(order, unit, count)) {
            throw refused(
                    Errno.EINVAL,
                    spec,
                    "stripes of " + count + " times " + unit + " bytes over objects of " + (1L << order));
        }
        return new Layout(order, unit, count);
    }

    private static RadosException refused(Errno errno, String spec, String why) {
        return new RadosException(errno, "creating image " + spec + ": " + why);
    }

    boolean has(long feature) {
        return (features & feature) != 0;
    }

    /** Without features that are not among these. */
    NewImage limitedTo(long known) {
        return new NewImage(spec, name, size, layout, features & known, dataPool);
    }

    /** Returns the prefix of the number in the names of its data objects. */
    String dataPrefix(Pool pool, String id) {
        return has(Features.DATA_POOL) ? ObjectNames.dataPrefix(pool.id(), id) : ObjectNames.dataPrefix(id);
    }
}
