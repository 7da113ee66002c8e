package io.jrados.auth;

import io.jrados.crypto.KeyUsage;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The monitor's reply to a proven key, opened (src/auth/cephx/CephxServiceHandler.cc).
 *
 * <pre>
 * u16 type, u32 status
 * grants: the ticket for service auth, made with the client's key
 * u32 length, sealed connection secret: u32 length, envelope of a string; nothing on an open session
 * u32 length, grants: the other tickets, made with the session key of the first
 * </pre>
 *
 * @param tickets auth's first
 */
record Admission(List<Ticket> tickets, byte[] connectionSecret) {
    private record Reply(ReplyHeader header, List<Grant> auth, byte[] sealedSecret, List<Grant> others) {
        static Reply decode(Decoder in) {
            ReplyHeader header = ReplyHeader.decode(in, Cephx.GET_AUTH_SESSION_KEY);
            if (header.status() != 0) {
                return new Reply(header, List.of(), new byte[0], List.of());
            }
            return new Reply(
                    header,
                    Grant.decodeList(in),
                    in.blob(Admission::unlessEmpty),
                    in.blob(Admission::grantsUnlessEmpty));
        }
    }

    private static byte[] unlessEmpty(Decoder in) {
        return in.remaining() == 0 ? new byte[0] : in.bytes();
    }

    private static List<Grant> grantsUnlessEmpty(Decoder in) {
        return in.remaining() == 0 ? List.of() : Grant.decodeList(in);
    }

    /** @param presented the session key of the old ticket that was presented */
    static Admission read(byte[] payload, ClientAuth client, Optional<CryptoKey> presented) throws RadosException {
        String whom = client.entity().toString();
        String doing = "reading the monitor's reply to " + whom;
        long now = client.tickets().now();
        Reply reply = Cephx.read(payload, doing, Reply::decode);
        ReplyHeader.check(reply.header().status(), doing);
        List<Ticket> tickets =
                new ArrayList<>(client.withKey(key -> open(reply.auth(), client, key, presented, whom, now)));
        if (tickets.size() != 1 || tickets.get(0).service() != EntityName.AUTH) {
            throw new RadosException(Errno.EBADMSG, doing + ", which has not the one ticket for auth but " + tickets);
        }
        CryptoKey sessionKey = tickets.get(0).sessionKey();
        byte[] secret = reply.sealedSecret();
        if (secret.length != 0) {
            String what = "the monitor's connection secret for " + whom;
            secret = Envelope.open(sessionKey, KeyUsage.CONNECTION_SECRET, secret, what, Decoder::bytes);
        }
        tickets.addAll(open(reply.others(), client, sessionKey, Optional.empty(), whom, now));
        return new Admission(tickets, secret);
    }

    /** The tickets for services, asked for with the ticket for auth: header and grants, made with its session key. */
    static List<Ticket> readTickets(byte[] payload, ClientAuth client, CryptoKey sessionKey) throws RadosException {
        String whom = client.entity().toString();
        String doing = "reading the monitor's tickets for " + whom;
        long now = client.tickets().now();
        Decoder in = Decoder.of(payload);
        ReplyHeader header = Cephx.read(in, doing, reply -> ReplyHeader.decode(reply, Cephx.GET_PRINCIPAL_SESSION_KEY));
        ReplyHeader.check(header.status(), doing);
        return open(Cephx.read(in, doing, Grant::decodeList), client, sessionKey, Optional.empty(), whom, now);
    }

    private static List<Ticket> open(
            List<Grant> grants, ClientAuth client, CryptoKey key, Optional<CryptoKey> presented, String whom, long now)
            throws RadosException {
        List<Ticket> tickets = new ArrayList<>();
        for (Grant grant : grants) {
            Ticket ticket = grant.open(key, presented, whom, now);
            client.checked(ticket.sessionKey(), "the session key of a ticket");
            tickets.add(ticket);
        }
        return tickets;
    }

    /** A copy of the secret of the session key with the monitor. */
    byte[] sessionKey() {
        return tickets.get(0).sessionKey().secret();
    }

    @Override
    public String toString() {
        return "Admission" + tickets;
    }
}
