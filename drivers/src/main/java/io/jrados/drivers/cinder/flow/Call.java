package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.ChunkBuffers;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.cinder.model.VolumeEvent;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of the driver: what its flows share. Each flow tells it what it did to which image, for the audit trail.
 */
public final class Call {
    private static final Logger LOG = LoggerFactory.getLogger(Call.class);

    private final Backend backend;
    private final Progress progress;
    private final String name;
    private final String volume;

    /** The steps of a call. */
    @FunctionalInterface
    public interface Flow<T, E extends Exception> {
        T run(Call call) throws E;
    }

    /**
     * @param name of the driver's method
     * @param volume that it is about
     */
    public Call(Backend backend, Progress progress, String name, String volume) {
        this.backend = backend;
        this.progress = progress;
        this.name = name;
        this.volume = volume;
    }

    /** Runs the steps, and tells of their end. */
    public <T, E extends Exception> T run(Flow<T, E> flow) throws E {
        try {
            T result = flow.run(this);
            tell("end", options().pool() + "/" + volume, Optional.empty());
            return result;
        } catch (Throwable failed) {
            tell("end", options().pool() + "/" + volume, Optional.of(failed));
            throw failed;
        }
    }

    /** Tells of a step that was done. */
    void did(String step, Rbd rbd, String image) {
        tell(step, rbd.pool().name() + "/" + image, Optional.empty());
    }

    private void tell(String step, String image, Optional<Throwable> failure) {
        try {
            backend.hook().event(new VolumeEvent(name, volume, step, image, failure));
        } catch (RuntimeException failed) {
            LOG.warn("the hook of volume events failed at {} of {}", step, image, failed);
        }
    }

    Backend backend() {
        return backend;
    }

    Rados rados() {
        return backend.rados();
    }

    CinderOptions options() {
        return backend.options();
    }

    ChunkBuffers buffers() {
        return backend.buffers();
    }

    Progress progress() {
        return progress;
    }

    /** @throws RadosException ECANCELED if the caller wants no more */
    void checkGoesOn(String doing) throws RadosException {
        if (progress.isCancelled()) {
            throw RadosException.of(Errno.ECANCELED, doing);
        }
    }

    /** The images of the volumes' pool, whose writes fail at once when it is full. */
    Rbd rbd() throws RadosException {
        return rbd(options().pool());
    }

    /** The images of a pool. */
    Rbd rbd(String pool) throws RadosException {
        try {
            return Rbd.on(rados().pool(pool).withFullTry());
        } catch (NotFoundException missing) {
            throw new DriverException(Kind.BACKEND, "opening pool " + pool, missing);
        }
    }

    /** The images of the pool and namespace that an image is in. */
    Rbd rbdOf(ImageSpec image) throws RadosException {
        Pool pool = rados().pool(image.pool()).inNamespace(image.namespace());
        return Rbd.on(pool.withFullTry());
    }

    ImageOptions newVolume() throws RadosException {
        return newClone().withOrder(order());
    }

    /** With its parent's object size. */
    ImageOptions newClone() throws RadosException {
        return ImageOptions.DEFAULT.withFeatures(features());
    }

    /** The bits of rbd_default_features, as the client's configuration and the monitors have it; none is layering. */
    private long features() throws RadosException {
        if (options().features().isPresent()) {
            return options().features().getAsLong();
        }
        String text = rados().conf().get("rbd_default_features");
        try {
            long bits = Features.parseConfigured(text);
            return bits == 0 ? Features.LAYERING : bits;
        } catch (IllegalArgumentException unknown) {
            throw new DriverException(
                    Kind.INVALID_CONFIGURATION, "reading rbd_default_features, which is '" + text + "'", unknown);
        }
    }

    /** The base-2 logarithm of a new volume's object size. */
    int order() {
        return 63 - Long.numberOfLeadingZeros((long) options().chunkSize() << 20);
    }
}
