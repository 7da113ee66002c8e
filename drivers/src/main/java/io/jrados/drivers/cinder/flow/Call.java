package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.AuditTrail;
import io.jrados.drivers.ChunkBuffers;
import io.jrados.drivers.DefaultFeatures;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import java.util.OptionalLong;

/**
 * One call of the driver: what its flows share. Each flow tells it what it did to which image, for the audit trail.
 */
public final class Call {
    private final Backend backend;
    private final Progress progress;
    private final String volume;

    private final AuditTrail trail;

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
        this.volume = volume;
        this.trail = new AuditTrail(backend.hook(), name, volume);
    }

    /** Runs the steps, and tells of their end. */
    public <T, E extends Exception> T run(Flow<T, E> flow) throws E {
        return trail.run(options().pool() + "/" + volume, any -> flow.run(this));
    }

    /** Tells of a step that was done. */
    void did(String step, Rbd rbd, String image) {
        trail.did(step, rbd, image);
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

    private long features() throws RadosException {
        OptionalLong chosen = options().features();
        return chosen.isPresent() ? chosen.getAsLong() : DefaultFeatures.of(rados());
    }

    /** The base-2 logarithm of a new volume's object size. */
    int order() {
        return 63 - Long.numberOfLeadingZeros((long) options().chunkSize() << 20);
    }
}
