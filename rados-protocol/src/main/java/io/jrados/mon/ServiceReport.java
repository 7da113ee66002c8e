package io.jrados.mon;

import io.jrados.conf.Loop;
import io.jrados.message.MgrClose;
import io.jrados.message.MgrOpen;
import io.jrados.message.MgrReport;
import io.jrados.msgr.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A service's daemon that this client shows in the cluster's status. Confined to the manager client's loop. */
final class ServiceReport {
    /** mgr_client_service_daemon_unregister_timeout */
    private static final Duration END_WITHIN = Duration.ofSeconds(1);

    private final Loop loop;
    private final String kind;
    private final String name;
    private final Map<String, String> metadata;
    private Map<String, String> status = Map.of();
    private boolean changed = true;
    private Duration period = Duration.ZERO;
    private Loop.@Nullable Timer timer;
    private @Nullable CompletableFuture<Void> end;

    ServiceReport(Loop loop, String kind, String name, Map<String, String> metadata) {
        this.loop = loop;
        this.kind = kind;
        this.name = name;
        this.metadata = Map.copyOf(metadata);
    }

    void status(Map<String, String> newer) {
        status = Map.copyOf(newer);
        changed = true;
    }

    /** A session with a manager begins. */
    void open(Connection session) {
        changed = true;
        session.send(new MgrOpen(kind, name, metadata, status).encode());
    }

    /** Pauses the reports while there is no session. */
    void pause() {
        period = Duration.ZERO;
        cancel();
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** Sets the period at which the manager wants reports. */
    void every(Duration wanted, Connection session) {
        boolean starting = period.isZero();
        period = wanted;
        if (starting && !period.isZero()) {
            report(session);
        }
    }

    private void report(Connection session) {
        session.send(new MgrReport(kind, name, changed ? Optional.of(status) : Optional.empty()).encode());
        changed = false;
        cancel();
        if (!period.isZero()) {
            timer = loop.schedule(period, () -> report(session));
        }
    }

    /** Completes when the manager has answered, at once without a session, in any case after a second. */
    CompletableFuture<Void> end(@Nullable Connection session) {
        CompletableFuture<Void> ending = end == null ? new CompletableFuture<>() : end;
        end = ending;
        pause();
        if (session == null) {
            ending.complete(null);
        } else {
            session.send(new MgrClose(kind, name).encode());
            loop.schedule(END_WITHIN, this::ended);
        }
        return ending;
    }

    void ended() {
        if (end != null) {
            end.complete(null);
        }
    }
}
