package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.RadosException;
import io.jrados.message.LogEntry;
import io.jrados.message.LogMessage;
import io.jrados.wire.EntityName;
import io.jrados.wire.Utime;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Monitors that say more than a listener hears. */
class LogFollowerTest {
    private final Queue<Runnable> callbacks = new ArrayDeque<>();
    private final List<LogLine> told = new ArrayList<>();
    private final LogFollower follower = new LogFollower(Runnable::run, callbacks::add, new LogFollower.Source() {
        @Override
        public void want(String what, long start) {}

        @Override
        public void unwant(String what) {}

        @Override
        public void got(String what, long version) {}
    });
    private long version;

    private void lines(int count, String text) {
        LogEntry entry =
                new LogEntry("mon.a", new EntityName(EntityName.MON, 0), List.of(), Utime.ZERO, 1, 1, text, "cluster");
        follower.logged(new LogMessage(++version, new UUID(0, 0), Collections.nCopies(count, entry)));
    }

    private void hear() {
        for (Runnable next = callbacks.poll(); next != null; next = callbacks.poll()) {
            next.run();
        }
    }

    @Test
    void linesBeyondTheBoundAreDroppedAndCounted() throws RadosException {
        follower.follow(LogLine.Level.INFO, told::add);
        PrintStream stderr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try {
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            lines(LogFollower.MOST_UNTOLD + 7, "x");
            assertThat(callbacks).hasSize(LogFollower.MOST_UNTOLD);
            hear();
            lines(1, "heard again");
            hear();
            lines(3, "x".repeat((int) LogFollower.MOST_UNTOLD_CHARACTERS / 2));
            assertThat(callbacks).hasSize(2);
            hear();
        } finally {
            System.setErr(stderr);
        }
        assertThat(told).hasSize(LogFollower.MOST_UNTOLD + 1 + 2);
        assertThat(log.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("WARN")))
                .hasSize(3)
                .anyMatch(line -> line.contains("7 lines of the cluster's log were dropped"));
    }
}
