package io.jrados.mon;

import io.jrados.auth.ClientAuth;
import io.jrados.auth.MonitorLogin;
import io.jrados.conf.Environment;
import io.jrados.conf.Expiry;
import io.jrados.conf.Loop;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.wire.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a monitor that lets us in: a few at once, the first wins (MonClient::_add_conns, src/mon/MonClient.cc).
 *
 * <pre>
 *   idle ── begin ──► trying a batch ── one is ready ──► idle
 *                       │      ▲
 *          none of them │      │ the next batch; after a round of all, a pause
 *                       └──────┘
 * </pre>
 */
final class Hunt {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    /** Monitors in an election may refuse what they accept a moment later. */
    private static final int REFUSED_ROUNDS = 2;

    /** The owner of a hunt, which is told of its outcome. */
    interface Owner {
        List<Monitor> monitors();

        /** Its messages and its end go to the owner from here on. */
        void found(Monitor monitor, Connection connection, MonitorLogin login);

        void received(Connection from, Payload message);

        void closed(Connection connection, RadosException why);

        /** Every monitor that answers refuses us. */
        void refused(RadosException why);
    }

    private record Attempt(Monitor monitor, MonitorLogin login) {}

    /**
     * The end of the last attempt with a monitor.
     *
     * @param errno that it ended with; empty if the monitor did not answer
     */
    private record Outcome(Optional<Errno> errno, String text) {
        static final Outcome SILENT = new Outcome(Optional.empty(), "does not answer");
    }

    private final Loop loop;
    private final MonTransport transport;
    private final ClientAuth auth;
    private final MonSettings settings;
    private final Owner owner;
    private final HuntOrder order;
    private final RandomGenerator random;
    private final Expiry expiry;
    private final Map<Connection, Attempt> attempts = new LinkedHashMap<>();
    private final Map<Monitor, Outcome> outcomes = new LinkedHashMap<>();

    private Loop.@Nullable Timer timer;
    private boolean hunting;
    private double multiple = 1;
    private int rounds;
    private int refusedRounds;
    private @Nullable RadosException refusal;

    Hunt(
            Loop loop,
            Environment environment,
            MonTransport transport,
            ClientAuth auth,
            MonSettings settings,
            Owner owner) {
        this.loop = loop;
        this.transport = transport;
        this.auth = auth;
        this.settings = settings;
        this.random = environment.random();
        this.order = new HuntOrder(random);
        this.expiry = new Expiry(loop, environment);
        this.owner = owner;
    }

    void begin() {
        if (!hunting) {
            hunting = true;
            rounds = 0;
            order.restart();
            next();
        }
    }

    /** After a session was lost, or nobody let us in: logging in may take longer than it was given. */
    void slower() {
        multiple = Math.max(1, Math.min(multiple * settings.huntBackoff(), settings.huntMaxMultiple()));
    }

    /** A session lasts. */
    void faster() {
        multiple = Math.max(1, multiple / settings.huntBackoff());
    }

    void stop() {
        hunting = false;
        cancelTimer();
        List<Connection> open = new ArrayList<>(attempts.keySet());
        attempts.clear();
        open.forEach(Connection::close);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void next() {
        cancelTimer();
        List<Monitor> batch = order.next(owner.monitors(), settings.huntParallel());
        if (batch.isEmpty()) {
            roundOver();
            return;
        }
        for (Monitor monitor : batch) {
            if (monitor.address().isBlank()) {
                outcomes.put(monitor, new Outcome(Optional.of(Errno.EAFNOSUPPORT), "has no address of msgr2"));
            } else {
                MonitorLogin login = auth.toMonitor();
                attempts.put(transport.connect(monitor.address(), login, new Relay()), new Attempt(monitor, login));
                // while an attempt is under way, the end of the one before is what is known
                outcomes.putIfAbsent(monitor, Outcome.SILENT);
            }
        }
        if (attempts.isEmpty()) {
            loop.execute(this::again);
        } else {
            timer = expiry.after(interval(), this::again);
        }
    }

    private Duration interval() {
        return Duration.ofNanos((long) (settings.huntInterval().toNanos() * multiple));
    }

    private void again() {
        if (hunting) {
            List<Connection> late = new ArrayList<>(attempts.keySet());
            attempts.values().forEach(attempt -> outcomes.put(attempt.monitor, Outcome.SILENT));
            attempts.clear();
            late.forEach(Connection::close);
            slower();
            next();
        }
    }

    private void roundOver() {
        refusedRounds = refusal == null ? 0 : refusedRounds + 1;
        RadosException why = refusal;
        refusal = null;
        if (why != null && refusedRounds >= REFUSED_ROUNDS) {
            owner.refused(why);
        }
        if (hunting) {
            timer = loop.schedule(pause(), this::next);
        }
    }

    /** Half of a pause is left to chance: the clients of a monitor that comes back do not all come at once. */
    private Duration pause() {
        long grown = FIRST_PAUSE.toNanos() << Math.min(rounds++, 10);
        long bounded = Math.min(grown, interval().toNanos());
        return Duration.ofNanos(bounded - random.nextLong(bounded / 2));
    }

    private void ready(Connection connection) {
        Attempt won = attempts.remove(connection);
        if (won != null) {
            stop();
            outcomes.clear();
            refusal = null;
            refusedRounds = 0;
            owner.found(won.monitor, connection, won.login);
        }
    }

    private void failed(Connection connection, RadosException why) {
        Attempt attempt = attempts.remove(connection);
        if (attempt == null) {
            owner.closed(connection, why);
            return;
        }
        outcomes.put(attempt.monitor, new Outcome(Optional.of(why.errno()), why.getMessage()));
        if (why.errno() == Errno.EACCES || why.errno() == Errno.EPERM) {
            refusal = why;
        }
        if (attempts.isEmpty() && hunting) {
            slower();
            next();
        }
    }

    /** Returns each monitor's behavior since the last session, for errors. */
    String outcomes() {
        if (outcomes.isEmpty()) {
            return "no monitor was tried";
        }
        StringBuilder text = new StringBuilder();
        outcomes.forEach((monitor, outcome) -> text.append(text.isEmpty() ? "" : "; ")
                .append(monitor)
                .append(": ")
                .append(outcome.text));
        return text.toString();
    }

    /** The errno with which each monitor has ended the last attempt, if it is the same for all of them. */
    Optional<Errno> agreed() {
        Set<Optional<Errno>> each =
                outcomes.values().stream().map(Outcome::errno).collect(Collectors.toSet());
        return each.size() == 1 ? each.iterator().next() : Optional.empty();
    }

    /** Brings one connection's events to the monitor client's loop. */
    private final class Relay implements ConnectionListener {
        @Override
        public void onReady(Connection from) {
            loop.execute(() -> ready(from));
        }

        @Override
        public void onMessage(Connection from, Payload message) {
            loop.execute(() -> {
                from.takenUp(message);
                owner.received(from, message);
            });
        }

        @Override
        public void onClosed(Connection from, RadosException why) {
            loop.execute(() -> failed(from, why));
        }
    }
}
