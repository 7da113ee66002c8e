package io.jrados.drivers.glance.flow;

import io.jrados.drivers.ChunkBuffers;
import io.jrados.drivers.DefaultFeatures;
import io.jrados.drivers.DriverEvent;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.RbdLocation;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;

/** The client, the options and the buffers that all calls of a store share. */
public final class Backend {
    /** The snapshot that stands for an uploaded image. */
    public static final String SNAPSHOT = "snap";

    private final Rados rados;
    private final GlanceOptions options;
    private final DriverEvent.Hook hook;
    private final ChunkBuffers buffers;

    /**
     * @param rados stays the caller's
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION}
     */
    public Backend(Rados rados, GlanceOptions options, DriverEvent.Hook hook) throws DriverException {
        options.check();
        this.rados = rados;
        this.options = options;
        this.hook = hook;
        this.buffers = new ChunkBuffers(chunkBytes(), 2 * options.writesInFlight() + 1);
    }

    Rados rados() {
        return rados;
    }

    /** The options that it was made with. */
    public GlanceOptions options() {
        return options;
    }

    /** Told of what the calls do. */
    public DriverEvent.Hook hook() {
        return hook;
    }

    ChunkBuffers buffers() {
        return buffers;
    }

    int chunkBytes() {
        return options.chunkSize() << 20;
    }

    /** The images of a pool, whose writes fail at once when it is full. */
    Rbd rbd(String pool) throws RadosException {
        try {
            return Rbd.on(rados.pool(pool).withFullTry());
        } catch (NotFoundException missing) {
            throw new DriverException(Kind.STORE_BACKEND, "opening pool " + pool, missing);
        }
    }

    /** The form of a new image. */
    ImageOptions newImage() throws RadosException {
        long features = options.features().isPresent() ? options.features().getAsLong() : DefaultFeatures.of(rados);
        int order = 63 - Long.numberOfLeadingZeros(chunkBytes());
        return ImageOptions.DEFAULT.withOrder(order).withFeatures(features);
    }

    /** Reads a location of this cluster. */
    RbdLocation locate(String uri) throws DriverException {
        RbdLocation location = RbdLocation.parse(uri);
        if (!location.fsid().isEmpty() && !location.fsid().equals(rados.fsid().toString())) {
            throw new DriverException(
                    Kind.WRONG_CLUSTER,
                    "using the location " + location + " with cluster " + rados.fsid() + ", which is another one");
        }
        return location;
    }

    /** The pool of a location, which is the store's for one of the short form. */
    String poolOf(RbdLocation location) {
        return location.pool().isEmpty() ? options.pool() : location.pool();
    }
}
