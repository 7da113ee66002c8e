package io.jrados.auth;

import io.jrados.crypto.KeyUsage;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityName;
import java.util.random.RandomGenerator;

/**
 * Shows a ticket to its service, which in turn proves that it can read it: CephXAuthorizer of
 * src/auth/cephx/CephxProtocol.cc.
 *
 * <pre>
 * u8 mode, u64 global_id, u32 service, ticket blob
 * u32 length, envelope of CephXAuthorize: u8 version, u64 nonce, bool have challenge, u64 challenge + 1
 * </pre>
 */
final class Authorizer {
    private static final int AUTH_MODE_AUTHORIZER = 1;
    private static final int AUTHORIZE_VERSION = 2;

    private final Ticket ticket;
    private final long globalId;
    private final RandomGenerator random;
    private final long nonce;

    Authorizer(Ticket ticket, long globalId, RandomGenerator random) {
        this.ticket = ticket;
        this.globalId = globalId;
        this.random = random;
        this.nonce = random.nextLong();
    }

    /** The first showing. */
    byte[] present() {
        return encode(false, 0);
    }

    /**
     * The second showing, which answers a challenge.
     *
     * @param sealed an envelope without its length
     */
    byte[] answer(byte[] sealed) throws RadosException {
        Challenge challenge = Envelope.open(
                ticket.sessionKey(),
                KeyUsage.AUTHORIZE_CHALLENGE,
                sealed,
                "the challenge of " + service(),
                Challenge::decode);
        return encode(true, challenge.number() + 1);
    }

    private byte[] encode(boolean challenged, long challengePlusOne) {
        byte[] authorize =
                Envelope.seal(ticket.sessionKey(), KeyUsage.AUTHORIZE, random, out -> out.u8(AUTHORIZE_VERSION)
                        .u64(nonce)
                        .bool(challenged)
                        .u64(challengePlusOne));
        return Encoder.bytesOf(out -> {
            out.u8(AUTH_MODE_AUTHORIZER).u64(globalId).u32(ticket.service());
            ticket.blob().encode(out);
            out.bytes(authorize);
        });
    }

    /**
     * Checks the service's proof.
     *
     * @param reply length and envelope of CephXAuthorizeReply: u8 version, u64 nonce + 1, from version 2 the secret
     * @return the connection secret, empty in crc mode
     */
    byte[] verify(byte[] reply) throws RadosException {
        AuthorizeReply proof = Envelope.open(
                ticket.sessionKey(),
                KeyUsage.AUTHORIZE_REPLY,
                Cephx.read(reply, "reading the reply of " + service(), Decoder::bytes),
                "the reply of " + service(),
                AuthorizeReply::decode);
        if (proof.noncePlusOne() != nonce + 1) {
            throw new RadosException(Errno.EACCES, "key rejected: " + service() + " did not answer what we asked");
        }
        return proof.connectionSecret();
    }

    /** A copy of the secret of the session key with the service. */
    byte[] sessionKey() {
        return ticket.sessionKey().secret();
    }

    private String service() {
        return "the " + EntityName.typeName(ticket.service());
    }

    private record AuthorizeReply(long noncePlusOne, byte[] connectionSecret) {
        static AuthorizeReply decode(Decoder in) {
            int version = Versions.atLeastOne(in.u8());
            return new AuthorizeReply(in.u64(), version >= 2 ? in.bytes() : new byte[0]);
        }
    }
}
