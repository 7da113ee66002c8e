package io.jrados.auth;

import io.jrados.wire.EntityName;
import io.jrados.wire.Utime;
import java.util.concurrent.TimeUnit;

/**
 * A ticket in our hands. Times are monotonic nanoseconds: the monitor's clock never matters.
 *
 * @param sessionKey shared with the service, owned by the ticket
 * @param doubted whether a daemon refused it, or the cluster's rules changed, before its time: it is due for renewal
 * @param expires when the service refuses it
 * @param renewAfter a quarter of its validity earlier
 */
record Ticket(
        int service,
        CryptoKey sessionKey,
        TicketBlob blob,
        boolean lasting,
        boolean doubted,
        long expires,
        long renewAfter) {
    static Ticket granted(int service, CryptoKey sessionKey, TicketBlob blob, Utime validity, long now) {
        long nanos = TimeUnit.SECONDS.toNanos(validity.seconds());
        long expires = now + nanos;
        return new Ticket(service, sessionKey, blob, nanos == 0, false, expires, expires - nanos / 4);
    }

    boolean expired(long now) {
        return !lasting && now - expires >= 0;
    }

    boolean due(long now) {
        return doubted || !lasting && now - renewAfter >= 0;
    }

    /** The same ticket after one daemon refused it. It still opens sessions with the others. */
    Ticket refused() {
        return new Ticket(service, sessionKey, blob, lasting, true, expires, renewAfter);
    }

    /** The same ticket, which stays good as a proof of who we were but opens no session. */
    Ticket spent(long now) {
        return new Ticket(service, sessionKey, blob, false, true, now, now);
    }

    Ticket copy() {
        return new Ticket(service, sessionKey.copy(), blob, lasting, doubted, expires, renewAfter);
    }

    @Override
    public String toString() {
        return "Ticket[" + EntityName.typeName(service) + "]";
    }
}
