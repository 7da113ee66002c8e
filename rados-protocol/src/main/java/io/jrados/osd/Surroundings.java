package io.jrados.osd;

import io.jrados.conf.Environment;
import io.jrados.conf.Expiry;
import io.jrados.conf.Loop;
import io.jrados.msgr.ConnectionListener;
import io.jrados.osd.link.Dial;
import io.jrados.osdmap.MapFlags;
import io.jrados.osdmap.OsdMap;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Utime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The surroundings that all parts of the Objecter share: its loop and clock, the limits, the map in force, and those
 * that it calls. Parts are given this one object, and besides it only the parts that they call.
 */
final class Surroundings {
    private static final Duration TICK = Duration.ofMillis(100);

    /** The pauses between requests for a full map. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Loop loop;
    private final Inbox inbox;
    private final Expiry expiry;
    private final Environment environment;
    private final OsdConnector connector;
    private final Monitors monitors;
    private final Limits limits;
    private final ObjecterEvents events;
    private final Completions completions;
    private final Executor callbacks;
    private final MapFollower maps;
    private final Placing placing;
    private final Runnable timed;
    private boolean ticking;
    private boolean fullMapAsked;
    private boolean mapMissed;
    private Duration fullMapPause = FIRST_PAUSE;

    /** @param timed the timed steps, which {@link #wakeTick} has run once */
    Surroundings(
            Loop loop,
            Environment environment,
            OsdConnector connector,
            Monitors monitors,
            Limits limits,
            ObjecterEvents events,
            Completions completions,
            Executor callbacks,
            MapFollower maps,
            Placing placing,
            Runnable timed) {
        this.loop = loop;
        this.inbox = new Inbox(loop);
        this.expiry = new Expiry(loop, environment);
        this.environment = environment;
        this.connector = connector;
        this.monitors = monitors;
        this.limits = limits;
        this.events = events;
        this.completions = completions;
        this.callbacks = callbacks;
        this.maps = maps;
        this.placing = placing;
        this.timed = timed;
    }

    /** The loop that owns all of it. */
    Loop loop() {
        return loop;
    }

    /** The timers on it that end somebody's wait. */
    Expiry expiry() {
        return expiry;
    }

    /** The way into that loop. */
    Inbox inbox() {
        return inbox;
    }

    Limits limits() {
        return limits;
    }

    ObjecterEvents events() {
        return events;
    }

    Monitors monitors() {
        return monitors;
    }

    /** The settings that all operations share when they are placed. */
    Placing placing() {
        return placing;
    }

    /** Runs what watches are told, which may block. */
    Executor callbacks() {
        return callbacks;
    }

    /** Completes futures of callers, where those are completed. */
    void complete(Runnable completion) {
        completions.run(completion);
    }

    // ---- time

    /** Monotonic nanoseconds. */
    long now() {
        return environment.nanoTime();
    }

    /** The wall clock. */
    Instant wallClock() {
        return Instant.ofEpochMilli(environment.wallClockMillis());
    }

    /** The wall clock, as operations carry it. */
    Utime wallTime() {
        return Utime.ofMillis(environment.wallClockMillis());
    }

    /** The wall clock at some time of {@link #now}. */
    Instant wallClock(long nanos) {
        return wallClock().minusNanos(now() - nanos).truncatedTo(ChronoUnit.MILLIS);
    }

    /** Something has a deadline: the timed steps run a little later, once. */
    void wakeTick() {
        if (!ticking) {
            expiry.after(TICK, this::tick);
            ticking = true;
        }
    }

    private void tick() {
        ticking = false;
        timed.run();
    }

    // ---- connections

    /** The way to an OSD's connections, of which nothing is begun yet. */
    Dial dial(EntityAddr address, ConnectionListener listener, String name) {
        return new Dial(loop, environment, () -> connector.connect(address, listener), name);
    }

    /** The address of this client as the cluster sees it; blank before the first connection. */
    EntityAddr ownAddress() {
        return connector.ownAddress();
    }

    /** Whether this client is known by an address of IPv6. */
    boolean isIpv6() {
        return ownAddress().isIpv6();
    }

    // ---- maps

    /** The map in force, null before the first. */
    @Nullable
    OsdMap map() {
        return maps.map();
    }

    /** Returns the epoch of the map in force, 0 before the first. */
    long epoch() {
        OsdMap map = map();
        return map == null ? 0 : map.epoch();
    }

    /** Whether the map in force pauses reads. */
    boolean readsPaused() {
        OsdMap map = map();
        return map != null && map.has(MapFlags.PAUSERD);
    }

    /** Asks for the next map, and for all that follow while one holds operations back. */
    void requestMap() {
        OsdMap map = map();
        if (maps.isStuck()) {
            requestFullMap();
        } else if (map == null) {
            monitors.wantOsdMap(0, true);
        } else {
            fullMapPause = FIRST_PAUSE;
            boolean held = map.has(MapFlags.FULL | MapFlags.PAUSERD | MapFlags.PAUSEWR);
            monitors.wantOsdMap(map.epoch() + 1, !held);
        }
    }

    /**
     * Asks for the next map again, after a pause: one came that this JVM could not take. What was asked for once ended
     * with it, and would count as asked for until the session with the monitor ends.
     */
    void missedMap() {
        if (mapMissed) {
            return;
        }
        mapMissed = true;
        loop.schedule(FIRST_PAUSE, () -> {
            mapMissed = false;
            monitors.missedOsdMap();
            requestMap();
        });
    }

    /** Asks at once and then ever more seldom while none can be read: they are large, and cost the monitors work. */
    private void requestFullMap() {
        if (fullMapAsked) {
            return;
        }
        fullMapAsked = true;
        monitors.wantOsdMap(0, true);
        loop.schedule(fullMapPause, () -> {
            fullMapAsked = false;
            if (maps.isStuck()) {
                requestFullMap();
            }
        });
        Duration doubled = fullMapPause.multipliedBy(2);
        fullMapPause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }
}
