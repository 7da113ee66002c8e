package io.jrados.osd;

import io.jrados.conf.Loop;
import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.wire.EntityAddr;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a connection to one OSD, after each failure a little later. An attempt that gets no answer is not given up but
 * gets company: behind a link that drops packets TCP tries again ever more seldom, and only a fresh attempt finds at
 * once that the link is back. Confined to the Objecter's loop.
 */
final class Dial {
    private static final Duration FIRST_RETRY = Duration.ofMillis(25);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(1);
    /** An attempt that takes longer gets company. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

    /** At a time; each ends by itself after ms_connection_ready_timeout. */
    private static final int MOST = 12;

    private final EntityAddr address;
    private final Surroundings around;
    private final ConnectionListener listener;
    private final List<Connection> attempts = new ArrayList<>();
    private Loop.@Nullable Timer retry;
    private long startedNanos;
    private int failures;

    Dial(EntityAddr address, Surroundings around, ConnectionListener listener) {
        this.address = address;
        this.around = around;
        this.listener = listener;
    }

    void start() {
        retry = null;
        if (attempts.isEmpty()) {
            attempt();
        }
    }

    private void attempt() {
        startedNanos = around.now();
        try {
            attempts.add(around.connect(address, listener));
        } catch (RuntimeException | Error broken) {
            // a user's translator of addresses is part of connecting
            Guard.log("connecting to " + address, broken);
            if (attempts.isEmpty()) {
                again(false);
            }
        }
    }

    /** Gives an attempt that takes long another one beside it. */
    void check() {
        if (!attempts.isEmpty() && attempts.size() < MOST && around.now() - startedNanos >= PATIENCE_NANOS) {
            attempt();
        }
    }

    /** The first that is ready wins: whether this is it. */
    boolean won(Connection attempt) {
        if (!attempts.remove(attempt)) {
            return false;
        }
        failures = 0;
        stop();
        return true;
    }

    /** Returns whether that was an attempt, and the last one. */
    boolean failed(Connection attempt) {
        return attempts.remove(attempt) && attempts.isEmpty();
    }

    /** As after so many failures. */
    void againAfter(int failed) {
        failures = Math.max(failures, failed);
        again(false);
    }

    /** Tries again: at once, or after what grows with the failures. */
    void again(boolean atOnce) {
        Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(failures++, 10));
        Duration bounded = delay.compareTo(LONGEST_RETRY) < 0 ? delay : LONGEST_RETRY;
        retry = around.loop().schedule(atOnce ? Duration.ZERO : bounded, this::start);
    }

    void stop() {
        if (retry != null) {
            retry.cancel();
            retry = null;
        }
        List.copyOf(attempts).forEach(Connection::close);
        attempts.clear();
    }
}
