package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.ChunkBuffers;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;

/** The pool of the volumes, the options, and the buffers that all calls share. */
public final class Backend {
    /** Bytes of one chunk of a copy. */
    static final int COPY_CHUNK = 8 << 20;

    private final Rados rados;
    private final CinderOptions options;
    private final ChunkBuffers buffers;

    /**
     * @param rados stays the caller's
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION}
     */
    public Backend(Rados rados, CinderOptions options) throws DriverException {
        options.check();
        this.rados = rados;
        this.options = options;
        this.buffers = new ChunkBuffers(COPY_CHUNK, 2 * options.writesInFlight() + 1);
    }

    Rados rados() {
        return rados;
    }

    CinderOptions options() {
        return options;
    }

    ChunkBuffers buffers() {
        return buffers;
    }

    /** The images of the volumes' pool, whose writes fail at once when it is full. */
    Rbd rbd() throws RadosException {
        try {
            return Rbd.on(rados.pool(options.pool()).withFullTry());
        } catch (NotFoundException missing) {
            throw new DriverException(Kind.BACKEND, "opening pool " + options.pool(), missing);
        }
    }

    /** The images of the pool and namespace that an image is in. */
    Rbd rbdOf(ImageSpec image) throws RadosException {
        Pool pool = rados.pool(image.pool()).inNamespace(image.namespace());
        return Rbd.on(pool.withFullTry());
    }

    ImageOptions newVolume() {
        return newClone().withOrder(order());
    }

    /** With its parent's object size. */
    ImageOptions newClone() {
        return ImageOptions.DEFAULT.withFeatures(options.features());
    }

    /** The base-2 logarithm of a new volume's object size. */
    int order() {
        return 63 - Long.numberOfLeadingZeros((long) options.chunkSize() << 20);
    }

    static long bytes(int gibibytes) {
        return (long) gibibytes << 30;
    }
}
