package io.jrados.rados;

import io.jrados.conf.Environment;
import io.jrados.error.ClosedException;
import io.jrados.error.Errno;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.message.Operation;
import io.jrados.osd.ObjecterEvents;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells one observer, and is not hurt by what it throws. */
final class Observation implements ObjecterEvents {
    private static final Logger LOG = LoggerFactory.getLogger(Observation.class);

    private final RadosObserver observer;
    private final Environment environment;

    /** The time since which an OSD that is needed is lost. Confined to the Objecter's loop. */
    private final Map<Integer, Long> lostNanos = new HashMap<>();

    Observation(RadosObserver observer, Environment environment) {
        this.observer = observer;
        this.environment = environment;
    }

    private void tell(Consumer<RadosObserver> event) {
        try {
            event.accept(observer);
        } catch (RuntimeException | Error bug) {
            LOG.warn("an observer failed", bug);
        }
    }

    /** The same future, whose beginning and end the observer is told of. */
    <R> CompletableFuture<R> operation(String pool, Operation<?> operation, CompletableFuture<R> future) {
        if (observer == RadosObserver.NONE) {
            return future;
        }
        long start = environment.nanoTime();
        tell(told -> told.operationBegan(pool, operation.isWrite()));
        future.whenComplete((result, failure) -> {
            Duration took = Duration.ofNanos(environment.nanoTime() - start);
            Optional<Errno> errno = Optional.ofNullable(failure).map(Observation::errno);
            tell(told -> told.operationEnded(pool, operation.isWrite(), operation.budget(), took, errno));
        });
        return future;
    }

    private static Errno errno(Throwable failure) {
        if (failure instanceof RadosException known) {
            return known.errno();
        }
        return failure instanceof CancellationException ? Errno.ECANCELED : Errno.UNKNOWN;
    }

    @Override
    public void resent(int osd) {
        tell(told -> told.operationResent(osd));
    }

    @Override
    public void connected(int osd) {
        Long lost = lostNanos.remove(osd);
        if (lost != null) {
            LOG.info(
                    "[osd.{}] is back after {} ms",
                    osd,
                    Duration.ofNanos(environment.nanoTime() - lost).toMillis());
        }
        tell(told -> told.osdConnected(osd));
    }

    @Override
    public void lost(int osd, boolean busy, RadosException why) {
        if (busy && lostNanos.putIfAbsent(osd, environment.nanoTime()) == null) {
            LOG.info("[osd.{}] is lost: {}", osd, why.getMessage());
        }
        tell(told -> told.osdLost(osd, why.errno()));
    }

    @Override
    public void held(String pool, boolean begin) {
        tell(told -> told.operationHeld(pool, begin));
    }

    @Override
    public void full(String pool, boolean begin) {
        LOG.info("pool {} {}", pool, begin ? "is full or over its quota: writes wait" : "has room again");
        tell(told -> told.poolFull(pool, begin));
    }

    @Override
    public void watchLost(String pool, String object, RadosException why) {
        if (!(why instanceof ClosedException)) {
            LOG.info("the watch of {} is lost: {}", Printable.of(object), why.getMessage());
            tell(told -> told.watchLost(pool, why.errno()));
        }
    }

    /** The observer, for layers above RADOS. */
    RadosObserver forLayers() {
        return new RadosObserver() {
            @Override
            public void imageOpenedSlowly(String pool, Duration took) {
                tell(told -> told.imageOpenedSlowly(pool, took));
            }
        };
    }

    @Override
    public void heldBack(int osd, boolean begin) {
        tell(told -> told.heldBack(osd, begin));
    }

    @Override
    public void mapped(long epoch) {
        tell(told -> told.osdMap(epoch));
    }
}
