package io.jrados.auth;

import io.jrados.wire.EntityName;
import io.jrados.wire.Utime;
import java.util.concurrent.TimeUnit;

/**
 * A ticket in our hands. Times are monotonic nanoseconds: the monitor's clock never matters.
 *
 * @param sessionKey shared with the service, owned by the ticket
 * @param spent whether it was refused, or became worthless, before its time
 * @param expires when the service refuses it
 * @param renewAfter a quarter of its validity earlier
 */
record Ticket(
        int service,
        CryptoKey sessionKey,
        TicketBlob blob,
        boolean lasting,
        boolean spent,
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
        return !lasting && now - renewAfter >= 0;
    }

    /** The same ticket, which stays good as a proof of who we were but opens no session. */
    Ticket spent(long now) {
        return new Ticket(service, sessionKey, blob, false, true, now, now);
    }

    Ticket copy() {
        return new Ticket(service, sessionKey.copy(), blob, lasting, spent, expires, renewAfter);
    }

    @Override
    public String toString() {
        return "Ticket[" + EntityName.typeName(service) + "]";
    }
}
