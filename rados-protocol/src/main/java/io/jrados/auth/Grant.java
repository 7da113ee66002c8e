package io.jrados.auth;

import io.jrados.crypto.KeyUsage;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityName;
import io.jrados.wire.Utime;
import java.util.List;
import java.util.Optional;

/**
 * One ticket on its way from the monitor: an element of the reply of cephx_build_service_ticket_reply
 * (src/auth/cephx/CephxProtocol.cc).
 *
 * <pre>
 * u32 service, u8 version
 * u32 length, envelope of: u8 version, session key, utime validity
 * u8 whether the next is an envelope, made with the session key of the ticket that was presented
 * u32 length, ticket blob; or its envelope
 * </pre>
 */
record Grant(int service, byte[] sealedKey, boolean blobSealed, byte[] blob) {
    private static final int SMALLEST = 14;

    static List<Grant> decodeList(Decoder in) {
        Versions.atLeastOne(in.u8());
        return in.list(SMALLEST, Grant::decode);
    }

    private static Grant decode(Decoder in) {
        int service = in.i32();
        Versions.atLeastOne(in.u8());
        return new Grant(service, in.bytes(), in.bool(), in.bytes());
    }

    /**
     * Opens it.
     *
     * @param key of the client for service auth, the session key of service auth for the others
     * @param oldKey the session key of the ticket that was presented
     * @param now monotonic, when it arrived
     */
    Ticket open(CryptoKey key, Optional<CryptoKey> oldKey, String forWhom, long now) throws RadosException {
        String what = "the ticket for " + EntityName.typeName(service) + " that the monitor gave " + forWhom;
        byte[] ticket = blob;
        if (blobSealed) {
            CryptoKey presented = oldKey.orElseThrow(
                    () -> new MalformedException("it needs an old ticket's key").during("reading " + what));
            ticket = Envelope.open(presented, KeyUsage.TICKET_BLOB, blob, what, Decoder::bytes);
        }
        TicketBlob opaque;
        try {
            opaque = TicketBlob.decode(Decoder.of(ticket));
        } catch (MalformedException e) {
            throw e.during("reading " + what);
        }
        return Envelope.open(key, KeyUsage.TICKET_SESSION_KEY, sealedKey, what, in -> {
            Versions.atLeastOne(in.u8());
            return Ticket.granted(service, CryptoKey.decode(in), opaque, Utime.decode(in), now);
        });
    }

    @Override
    public String toString() {
        return "Grant[" + EntityName.typeName(service) + "]";
    }
}
