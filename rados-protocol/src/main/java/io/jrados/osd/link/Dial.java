package io.jrados.osd.link;

import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.msgr.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a connection to one OSD, after each failure a little later. An attempt whose TCP gets no answer is not given up
 * but gets company: behind a link that drops packets TCP tries again ever more seldom, and only a fresh attempt finds
 * at once that the link is back. From the first answer on that attempt is the only one, however slow it is: an OSD
 * keeps the newest session of a client, so company would end the one before it again and again. One that never hears a
 * byte is replaced: something on the way may answer for an OSD that is out of reach. Confined to the Objecter's loop.
 */
public final class Dial {
    private static final Logger LOG = LoggerFactory.getLogger(Dial.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(25);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(1);
    /** An attempt whose TCP takes longer gets company. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

    /** An attempt whose TCP is connected hears something within this, or is replaced. */
    private static final long SILENCE_NANOS = Duration.ofSeconds(3).toNanos();

    /** At a time; each ends by itself after ms_connection_ready_timeout. */
    private static final int MOST = 12;

    /** The way to begin an attempt. */
    @FunctionalInterface
    public interface Connector {
        Connection connect();
    }

    private final Loop loop;
    private final Environment environment;
    private final Connector connector;
    private final String name;
    private final List<Connection> attempts = new ArrayList<>();
    /** The attempt whose TCP is connected, and since when. */
    private @Nullable Connection answered;

    private long answeredNanos;

    private Loop.@Nullable Timer retry;
    private long startedNanos;
    private int failures;

    /** @param name of the OSD, for the log */
    public Dial(Loop loop, Environment environment, Connector connector, String name) {
        this.loop = loop;
        this.environment = environment;
        this.connector = connector;
        this.name = name;
    }

    /** Begins an attempt, unless one is under way. */
    public void start() {
        retry = null;
        if (attempts.isEmpty()) {
            attempt();
        }
    }

    private void attempt() {
        startedNanos = environment.nanoTime();
        try {
            attempts.add(connector.connect());
        } catch (RuntimeException | Error broken) {
            // a user's translator of addresses is part of connecting
            LOG.error("connecting to {} failed; trying again", name, broken);
            if (attempts.isEmpty()) {
                again(false);
            }
        }
    }

    /** Gives an attempt another one beside it when its TCP takes long, or in its place when it hears nothing. */
    public void check() {
        long now = environment.nanoTime();
        Connection only = answered;
        if (only != null) {
            if (!only.hasReceived() && now - answeredNanos >= SILENCE_NANOS) {
                stop();
                attempt();
            }
        } else if (!attempts.isEmpty() && attempts.size() < MOST && now - startedNanos >= PATIENCE_NANOS) {
            attempt();
        }
    }

    /** The TCP of an attempt is connected: the others are given up. */
    public void connected(Connection attempt) {
        if (answered == null && attempts.contains(attempt)) {
            answered = attempt;
            answeredNanos = environment.nanoTime();
            attempts.remove(attempt);
            giveUpAttempts();
            attempts.add(attempt);
        }
    }

    /** The first that is ready wins: whether this is it. */
    public boolean won(Connection attempt) {
        if (!attempts.remove(attempt)) {
            return false;
        }
        failures = 0;
        stop();
        return true;
    }

    /** Returns whether that was an attempt, and the last one. */
    public boolean failed(Connection attempt) {
        if (attempt == answered) {
            answered = null;
        }
        return attempts.remove(attempt) && attempts.isEmpty();
    }

    /** Tries again as after so many failures. */
    public void againAfter(int failed) {
        failures = Math.max(failures, failed);
        again(false);
    }

    /**
     * Tries again: at once, or after a pause that grows with the failures. Half of the pause is left to chance, so that
     * the clients of an OSD that comes back do not all come in the same moment.
     */
    public void again(boolean atOnce) {
        long delay = FIRST_RETRY.toNanos() << Math.min(failures++, 10);
        long bounded = Math.min(delay, LONGEST_RETRY.toNanos());
        long jittered = bounded - environment.random().nextLong(bounded / 2);
        retry = loop.schedule(atOnce ? Duration.ZERO : Duration.ofNanos(jittered), this::start);
    }

    /** Gives up every attempt, and the next. */
    public void stop() {
        if (retry != null) {
            retry.cancel();
            retry = null;
        }
        answered = null;
        giveUpAttempts();
    }

    private void giveUpAttempts() {
        List.copyOf(attempts).forEach(Connection::close);
        attempts.clear();
    }
}
