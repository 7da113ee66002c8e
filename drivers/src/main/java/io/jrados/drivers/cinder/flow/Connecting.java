package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.ClientConf;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects as the options say, as often as they say. */
public final class Connecting {
    private static final Logger LOG = LoggerFactory.getLogger(Connecting.class);

    private final CinderOptions options;
    private final Attempt attempt;

    /** One attempt. */
    @FunctionalInterface
    interface Attempt {
        Rados connect() throws RadosException;
    }

    public Connecting(CinderOptions options) {
        this.options = options;
        this.attempt = this::connect;
    }

    Connecting(CinderOptions options, Attempt attempt) {
        this.options = options;
        this.attempt = attempt;
    }

    /**
     * Returns a client, which has seen the pool.
     *
     * @throws DriverException {@link Kind#BACKEND} with the last attempt's failure
     */
    public Rados run() throws RadosException {
        options.check();
        long pause = TimeUnit.SECONDS.toMillis(options.connectionInterval());
        for (int tried = 1; ; tried++) {
            try {
                return withPool(attempt.connect());
            } catch (RadosException failed) {
                LOG.error("attempt {} to reach pool {} failed", tried, options.pool(), failed);
                if (tried >= options.connectionRetries()) {
                    throw new DriverException(
                            Kind.BACKEND,
                            "connecting to pool " + options.pool() + " of cluster " + options.clusterName() + ", "
                                    + tried + " times",
                            failed);
                }
            }
            Wait.on(new CompletableFuture<Void>().completeOnTimeout(null, pause, TimeUnit.MILLISECONDS));
            pause *= 2;
        }
    }

    private Rados withPool(Rados rados) throws RadosException {
        try {
            rados.pool(options.pool());
            return rados;
        } catch (RadosException | RuntimeException failed) {
            rados.close();
            throw failed;
        }
    }

    private Rados connect() throws RadosException {
        return Rados.connect(
                ClientConf.of(options.clusterName(), options.cephConf(), options.user(), options.connectTimeout()));
    }
}
