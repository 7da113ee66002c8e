package io.jrados.rados;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.message.LogEntry;
import io.jrados.message.LogMessage;
import io.jrados.mon.MonClient;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands the cluster's log to whoever follows it (RadosClient::handle_log, src/librados/RadosClient.cc). */
final class LogFollower {
    private static final Logger LOG = LoggerFactory.getLogger(LogFollower.class);

    /** Lines that wait for the listener, at most; those beyond are dropped, and counted in a warning. */
    static final int MOST_UNTOLD = 10_000;

    /** Characters of these. */
    static final long MOST_UNTOLD_CHARACTERS = 16 << 20;

    /** The monitors, as far as a log is wanted from them. */
    interface Source {
        void want(String what, long start);

        void unwant(String what);

        void got(String what, long version);

        static Source of(MonClient monitors) {
            return new Source() {
                @Override
                public void want(String what, long start) {
                    monitors.want(what, start);
                }

                @Override
                public void unwant(String what) {
                    monitors.unwant(what);
                }

                @Override
                public void got(String what, long version) {
                    monitors.got(what, version);
                }
            };
        }
    }

    private record Following(String subscription, Consumer<LogLine> listener) {}

    private final Executor loop;
    private final Executor callbacks;
    private final Source monitors;
    private final AtomicReference<Following> following = new AtomicReference<>();
    private final AtomicInteger untold = new AtomicInteger();
    private final AtomicLong untoldCharacters = new AtomicLong();
    private long version;
    private long dropped;

    /** @param callbacks one after the other, in order */
    LogFollower(Executor loop, Executor callbacks, Source monitors) {
        this.loop = loop;
        this.callbacks = callbacks;
        this.monitors = monitors;
    }

    ClusterAdmin.Following follow(LogLine.Level level, Consumer<LogLine> listener) throws RadosException {
        Following next = new Following(level.subscription(), listener);
        if (!following.compareAndSet(null, next)) {
            throw RadosException.of(Errno.EBUSY, "following the cluster's log a second time");
        }
        loop.execute(() -> {
            version = 0;
            monitors.want(next.subscription(), 0);
        });
        return () -> {
            if (following.compareAndSet(next, null)) {
                loop.execute(() -> monitors.unwant(next.subscription()));
            }
        };
    }

    /** Called on the loop. */
    void logged(LogMessage message) {
        Following now = following.get();
        if (now == null || Long.compareUnsigned(message.version(), version) <= 0) {
            return;
        }
        version = message.version();
        monitors.got(now.subscription(), version);
        for (LogEntry entry : message.entries()) {
            toTell(now, entry);
        }
    }

    private void toTell(Following now, LogEntry entry) {
        int length = entry.message().length();
        if (untold.get() >= MOST_UNTOLD || untoldCharacters.get() + length > MOST_UNTOLD_CHARACTERS) {
            if (dropped++ == 0) {
                LOG.warn("the listener to the cluster's log is slow: lines are dropped from here on");
            }
            return;
        }
        if (dropped != 0) {
            LOG.warn("{} lines of the cluster's log were dropped, for their listener was slow", dropped);
            dropped = 0;
        }
        untold.incrementAndGet();
        untoldCharacters.addAndGet(length);
        callbacks.execute(() -> {
            untold.decrementAndGet();
            untoldCharacters.addAndGet(-length);
            tell(now, LogLine.of(entry));
        });
    }

    private void tell(Following who, LogLine line) {
        if (following.get() != who) {
            return;
        }
        try {
            who.listener().accept(line);
        } catch (RuntimeException failed) {
            LOG.warn("a listener to the cluster's log failed", failed);
        }
    }
}
