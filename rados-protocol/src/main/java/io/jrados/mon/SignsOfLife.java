package io.jrados.mon;

import io.jrados.conf.Environment;
import io.jrados.conf.Expiry;
import io.jrados.conf.Loop;
import io.jrados.msgr.Connection;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks a monitor now and then whether it is there (MonClient::tick, src/mon/MonClient.cc). Confined to one loop. */
final class SignsOfLife {
    private final Expiry expiry;
    private final Environment environment;
    private final MonSettings settings;
    private final Runnable there;
    private final Consumer<String> gone;
    private Loop.@Nullable Timer timer;

    /**
     * @param there called while it is
     * @param gone told why it is taken for gone
     */
    SignsOfLife(Loop loop, Environment environment, MonSettings settings, Runnable there, Consumer<String> gone) {
        this.expiry = new Expiry(loop, environment);
        this.environment = environment;
        this.settings = settings;
        this.there = there;
        this.gone = gone;
    }

    void watch(Connection session) {
        stop();
        timer = expiry.after(settings.pingInterval(), () -> look(session));
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void look(Connection session) {
        long silent = environment.nanoTime() - session.lastKeepaliveAckNanos();
        if (silent > settings.pingTimeout().toNanos() && !session.awaitsMemory()) {
            gone.accept("no sign of life for " + Duration.ofNanos(silent).toSeconds() + " s");
            return;
        }
        session.keepalive();
        there.run();
        watch(session);
    }
}
