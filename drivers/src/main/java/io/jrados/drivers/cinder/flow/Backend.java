package io.jrados.drivers.cinder.flow;

import io.jrados.conf.Environment;
import io.jrados.drivers.ChunkBuffers;
import io.jrados.drivers.DriverEvent;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.rados.Rados;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** The client, the options, and the buffers and slots that all calls share. */
public final class Backend {
    /** Bytes of one chunk of a copy. */
    static final int COPY_CHUNK = 8 << 20;

    private final Rados rados;
    private final CinderOptions options;
    private final DriverEvent.Hook hook;
    private final ChunkBuffers buffers;
    private final Optional<Semaphore> flattens;

    /**
     * @param rados stays the caller's
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION}
     */
    public Backend(Rados rados, CinderOptions options, DriverEvent.Hook hook) throws DriverException {
        options.check();
        this.rados = rados;
        this.options = options;
        this.hook = hook;
        this.buffers = new ChunkBuffers(COPY_CHUNK, 2 * options.writesInFlight() + 1);
        this.flattens = options.concurrentFlattens().isPresent()
                ? Optional.of(new Semaphore(options.concurrentFlattens().getAsInt(), true))
                : Optional.empty();
    }

    Rados rados() {
        return rados;
    }

    /** The options that it was made with. */
    public CinderOptions options() {
        return options;
    }

    DriverEvent.Hook hook() {
        return hook;
    }

    Environment environment() {
        return rados.environment();
    }

    ChunkBuffers buffers() {
        return buffers;
    }

    /** The slots of images that are being flattened; empty when there is no limit. */
    Optional<Semaphore> flattens() {
        return flattens;
    }
}
