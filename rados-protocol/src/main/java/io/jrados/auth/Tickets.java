package io.jrados.auth;

import io.jrados.conf.Environment;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.wire.EntityName;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The credentials that the monitors gave one client: its global_id and its tickets. Shared by all its connections; safe
 * for any thread.
 *
 * <p>A ticket is good from its arrival for its validity, on the monotonic clock, and due for renewal a quarter of the
 * validity before its end. Sessions that are open stay open when a ticket ends; only new ones fail.
 */
public final class Tickets {
    /** The least pause before asking again for a ticket that was refused or never given. */
    static final long PACE = Duration.ofSeconds(10).toNanos();
    /** The least pause before asking again for a ticket that is about to expire. */
    private static final long QUICK_PACE = Duration.ofMillis(500).toNanos();

    private final Environment environment;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, Ticket> byService = new HashMap<>();
    private int method;
    private long globalId;
    private boolean asked;
    private long askedAt;
    private boolean failed;

    Tickets(Environment environment) {
        this.environment = environment;
    }

    /** The client's number in the cluster; 0 before the first login, the same for ever afterwards. */
    public long globalId() {
        lock.lock();
        try {
            return globalId;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a session with a service, {@link EntityName#OSD} or {@link EntityName#MGR}, can be opened now. */
    public boolean usable(int service) {
        lock.lock();
        try {
            Ticket ticket = byService.get(service);
            return method == ConnectionAuth.NONE || ticket != null && !ticket.expired(now());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the time until {@link MonitorLogin#renewal()} has something to ask for: zero if at once. Without
     * authentication, and before the first login, for ever: {@link Optional#empty()}.
     */
    public Optional<Duration> untilRenewal() {
        lock.lock();
        try {
            if (method != ConnectionAuth.CEPHX) {
                return Optional.empty();
            }
            long now = now();
            long wait = byService.containsKey(EntityName.OSD) ? Long.MAX_VALUE : Math.max(0, untilAsked(PACE, now));
            for (Ticket ticket : byService.values()) {
                if (ticket.doubted()) {
                    wait = Math.min(wait, untilAsked(PACE, now));
                } else if (!ticket.lasting()) {
                    wait = Math.min(wait, Math.max(ticket.renewAfter() - now, untilAsked(QUICK_PACE, now)));
                }
            }
            return wait == Long.MAX_VALUE ? Optional.empty() : Optional.of(Duration.ofNanos(Math.max(wait, 0)));
        } finally {
            lock.unlock();
        }
    }

    /** Returns the time until something may be asked for again. */
    private long untilAsked(long pace, long now) {
        return asked ? askedAt + (failed ? PACE : pace) - now : 0;
    }

    /**
     * One daemon refused a ticket: has it renewed, unless it has been since. The daemon's clock may be off or its keys
     * old, so the ticket opens sessions with all others meanwhile.
     */
    void refused(Ticket refused) {
        lock.lock();
        try {
            byService.computeIfPresent(
                    refused.service(), (same, ticket) -> ticket.blob() == refused.blob() ? ticket.refused() : ticket);
        } finally {
            lock.unlock();
        }
    }

    /** The cluster's auth_epoch grew: has all tickets renewed. The global_id stays ours, and provable. */
    public void invalidateAll() {
        lock.lock();
        try {
            List.copyOf(byService.keySet()).forEach(this::invalidate);
        } finally {
            lock.unlock();
        }
    }

    /** Has one ticket renewed, and opens no session with it before. */
    void invalidate(int service) {
        lock.lock();
        try {
            byService.computeIfPresent(service, (same, ticket) -> ticket.spent(now()));
        } finally {
            lock.unlock();
        }
    }

    long now() {
        return environment.nanoTime();
    }

    /** Whether there ever was a ticket for a service. */
    public boolean known(int service) {
        lock.lock();
        try {
            return method == ConnectionAuth.NONE || byService.containsKey(service);
        } finally {
            lock.unlock();
        }
    }

    /** A copy, the keeper's to destroy; of an expired ticket too. */
    Optional<Ticket> copyOf(int service) {
        lock.lock();
        try {
            return Optional.ofNullable(byService.get(service)).map(Ticket::copy);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the method of the login, 0 before it. */
    int method() {
        lock.lock();
        try {
            return method;
        } finally {
            lock.unlock();
        }
    }

    /** The services with tickets to ask for now, as a mask: 0 if none is due. Starts the pace of asking. */
    int due() {
        lock.lock();
        try {
            long now = now();
            boolean often = untilAsked(PACE, now) <= 0;
            int due = byService.containsKey(EntityName.OSD) || !often ? 0 : EntityName.OSD;
            for (Ticket ticket : byService.values()) {
                if (ticket.due(now) && (often || !ticket.doubted() && untilAsked(QUICK_PACE, now) <= 0)) {
                    due |= ticket.service();
                }
            }
            if (method != ConnectionAuth.CEPHX || due == 0) {
                return 0;
            }
            asked = true;
            askedAt = now;
            return due;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses a global_id that a monitor gives, unless it is the one that was asked for, or a first one. */
    void check(long before, long given) throws RadosException {
        lock.lock();
        try {
            if (given == 0 || before != 0 && before != given) {
                throw new RadosException(
                        Errno.EBADMSG, "logging in as global_id " + before + ", of which the monitor made " + given);
            }
            if (globalId != 0 && globalId != given) {
                throw new RadosException(
                        Errno.ECANCELED,
                        "logging in as global_id " + given + " while another login made us " + globalId);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * A monitor let us in, and has signed. Of logins that run side by side the first decides who we are; the others get
     * an error.
     *
     * @param before the global_id that the login asked for, 0 for a new one
     * @param tickets ours from now on
     */
    void loggedIn(int method, long before, long globalId, List<Ticket> tickets) throws RadosException {
        lock.lock();
        try {
            check(before, globalId);
            this.method = method;
            failed = false;
            this.globalId = globalId;
            tickets.forEach(this::replace);
        } finally {
            lock.unlock();
        }
    }

    /** Renewed ones, ours from now on. */
    void renewed(List<Ticket> tickets) {
        lock.lock();
        try {
            failed = false;
            tickets.forEach(this::replace);
        } finally {
            lock.unlock();
        }
    }

    /** Notes that a renewal was refused: the tickets at hand stay. */
    void notRenewed() {
        lock.lock();
        try {
            failed = true;
        } finally {
            lock.unlock();
        }
    }

    private void replace(Ticket ticket) {
        Ticket before = byService.put(ticket.service(), ticket);
        if (before != null) {
            before.sessionKey().destroy();
        }
    }

    /** Zeroes all keys. */
    void clear() {
        lock.lock();
        try {
            byService.values().forEach(ticket -> ticket.sessionKey().destroy());
            byService.clear();
            method = 0;
        } finally {
            lock.unlock();
        }
    }
}
