package io.jrados.rados;

import io.jrados.message.LogEntry;
import java.time.Instant;

/**
 * A line of the cluster's log.
 *
 * @param speaker who says it: {@code mon.a}
 * @param sequence counts what the speaker says
 * @param channel {@code cluster}, {@code audit}, ...
 */
public record LogLine(Instant time, String speaker, long sequence, Level level, String channel, String message) {
    /** The importance of a line, the least first. */
    public enum Level {
        DEBUG("debug"),
        INFO("info"),
        SECURITY("sec"),
        WARNING("warn"),
        ERROR("error");

        private final String word;

        Level(String word) {
            this.word = word;
        }

        /** Returns the subscription for lines of at least this importance. */
        String subscription() {
            return "log-" + word;
        }
    }

    static LogLine of(LogEntry entry) {
        Level[] levels = Level.values();
        return new LogLine(
                entry.stamp().toInstant(),
                entry.entity(),
                entry.sequence(),
                levels[Math.min(entry.priority(), levels.length - 1)],
                entry.channel(),
                entry.message());
    }
}
