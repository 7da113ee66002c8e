package io.jrados.mon;

import io.jrados.auth.MonitorLogin;
import io.jrados.auth.Tickets;
import io.jrados.conf.Loop;
import io.jrados.error.RadosException;
import io.jrados.message.Auth;
import io.jrados.message.AuthReply;
import io.jrados.msgr.Connection;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews tickets on the session with a monitor before they end (MonClient::_check_auth_tickets, src/mon/MonClient.cc).
 * Confined to the monitor client's loop.
 */
final class TicketRenewal {
    private static final Logger LOG = LoggerFactory.getLogger(TicketRenewal.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Loop loop;
    private final Tickets tickets;
    private final LongSupplier monMapEpoch;
    private @Nullable Connection session;
    private @Nullable MonitorLogin login;
    private Loop.@Nullable Timer timer;

    TicketRenewal(Loop loop, Tickets tickets, LongSupplier monMapEpoch) {
        this.loop = loop;
        this.tickets = tickets;
        this.monMapEpoch = monMapEpoch;
    }

    void begin(Connection open, MonitorLogin with) {
        session = open;
        login = with;
        schedule();
    }

    void end() {
        session = null;
        login = null;
        cancel();
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** Looks now when the next ticket is due. */
    void schedule() {
        cancel();
        if (session != null) {
            tickets.untilRenewal().ifPresent(wait -> timer = loop.schedule(wait, this::renew));
        }
    }

    private void renew() {
        Connection open = session;
        MonitorLogin with = login;
        if (open == null || with == null) {
            return;
        }
        try {
            Optional<byte[]> due = with.renewal();
            if (due.isPresent()) {
                open.send(new Auth(with.method(), due.get(), monMapEpoch.getAsLong()).encode());
            }
        } catch (RadosException failed) {
            LOG.warn("{}; looking again in {}", failed.getMessage(), PAUSE);
        }
        cancel();
        Duration wait = tickets.untilRenewal().orElse(PAUSE);
        timer = loop.schedule(wait.compareTo(PAUSE) < 0 ? PAUSE : wait, this::renew);
    }

    /** @throws RadosException if the renewal is refused: another monitor may do better */
    void answered(AuthReply reply) throws RadosException {
        if (login != null) {
            login.onRenewal(reply.result(), reply.reply());
            schedule();
        }
    }
}
