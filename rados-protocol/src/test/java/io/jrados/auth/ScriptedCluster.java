package io.jrados.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.crypto.KeyUsage;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityName;
import io.jrados.wire.Utime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The other side of cephx: what a monitor and a service do with what we send. Strict, and told by a test what to do
 * wrong.
 */
final class ScriptedCluster {
    static final int KEY_TYPE = 1;

    private final Random random = new Random(11);
    private final CryptoKey clientKey;
    /** Session keys by the ticket's secret id, which here stands for the whole ticket. */
    private final Map<Long, CryptoKey> sessions = new HashMap<>();

    private long tickets;
    long validity = 3600;
    int services = EntityName.OSD | EntityName.MGR;
    int status;
    int replyType = Cephx.GET_AUTH_SESSION_KEY;
    byte[] secret = new byte[64];
    long nonceError;

    ScriptedCluster(CryptoKey clientKey) {
        this.clientKey = clientKey;
        random.nextBytes(secret);
    }

    final Challenge challenge = new Challenge(0x0123456789abcdefL);

    byte[] challenge() {
        return Encoder.bytesOf(challenge::encode);
    }

    private CryptoKey newKey() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return CryptoKey.of(KEY_TYPE, bytes);
    }

    /** Checks what a client sends to prove its key. */
    Authenticate authenticate(byte[] request) {
        Decoder in = Decoder.of(request);
        assertThat(in.u16()).isEqualTo(Cephx.GET_AUTH_SESSION_KEY);
        Authenticate sent = Authenticate.decode(in);
        in.expectEnd();
        assertThat(sent.key()).isEqualTo(challenge.answer(sent.clientChallenge(), clientKey, random));
        return sent;
    }

    /** Lets in who sent that: with a new ticket, sealed if an old one was shown. */
    byte[] admit(Authenticate sent) {
        CryptoKey session = newKey();
        boolean returning = sent.oldTicket().blob().length != 0;
        return Encoder.bytesOf(out -> {
            out.u16(replyType).i32(status).u8(1).u32(1);
            grant(
                    out,
                    EntityName.AUTH,
                    clientKey,
                    session,
                    returning ? sessions.get(sent.oldTicket().secretId()) : null);
            out.blob(tail -> tail.bytes(
                    Envelope.seal(session, KeyUsage.CONNECTION_SECRET, random, plain -> plain.bytes(secret))));
            out.blob(others -> grants(others, session, sent.otherKeys()));
        });
    }

    private void grants(Encoder out, CryptoKey key, int wanted) {
        List<Integer> granted = List.of(EntityName.OSD, EntityName.MGR).stream()
                .filter(service -> (service & services & wanted) != 0)
                .toList();
        out.u8(1).list(granted, (to, service) -> grant(to, service, key, newKey(), null));
    }

    private void grant(Encoder out, int service, CryptoKey key, CryptoKey session, @Nullable CryptoKey old) {
        long id = ++tickets;
        sessions.put(id, session);
        byte[] blob = Encoder.bytesOf(to -> new TicketBlob(id, new byte[] {1, 2, 3}).encode(to));
        out.u32(service).u8(1).bytes(Envelope.seal(key, KeyUsage.TICKET_SESSION_KEY, random, to -> {
            to.u8(1);
            session.encode(to);
            new Utime(validity, 0).encode(to);
        }));
        out.bool(old != null)
                .bytes(old == null ? blob : Envelope.seal(old, KeyUsage.TICKET_BLOB, random, to -> to.bytes(blob)));
    }

    /** Answers a renewal, of either kind. */
    byte[] renew(byte[] request) throws RadosException {
        Decoder in = Decoder.of(request);
        if (in.u16() == Cephx.GET_AUTH_SESSION_KEY) {
            Authenticate sent = authenticate(request);
            assertThat(sent.oldTicket().blob()).isNotEmpty();
            CryptoKey session = newKey();
            return Encoder.bytesOf(out -> {
                out.u16(Cephx.GET_AUTH_SESSION_KEY).i32(status).u8(1).u32(1);
                grant(
                        out,
                        EntityName.AUTH,
                        clientKey,
                        session,
                        sessions.get(sent.oldTicket().secretId()));
                out.u32(0).blob(others -> grants(others, session, sent.otherKeys()));
            });
        }
        Shown shown = authorizer(in, false);
        assertThat(shown.service).isEqualTo(EntityName.AUTH);
        assertThat(in.u8()).isEqualTo(1);
        int wanted = in.i32();
        in.expectEnd();
        return Encoder.bytesOf(out -> {
            out.u16(Cephx.GET_PRINCIPAL_SESSION_KEY).i32(status);
            grants(out, shown.session, wanted);
        });
    }

    /** The credentials that a client showed. */
    record Shown(long globalId, int service, CryptoKey session, long nonce) {}

    Shown authorizer(byte[] request, boolean challenged) throws RadosException {
        return authorizer(Decoder.of(request), challenged);
    }

    private Shown authorizer(Decoder in, boolean challenged) throws RadosException {
        assertThat(in.u8()).isEqualTo(1);
        long globalId = in.u64();
        int service = in.i32();
        TicketBlob ticket = TicketBlob.decode(in);
        CryptoKey session = sessions.get(ticket.secretId());
        return Envelope.open(session, KeyUsage.AUTHORIZE, in.bytes(), "an authorizer", authorize -> {
            assertThat(authorize.u8()).isEqualTo(2);
            long nonce = authorize.u64();
            assertThat(authorize.bool()).isEqualTo(challenged);
            assertThat(authorize.u64()).isEqualTo(challenged ? challenge.number() + 1 : 0);
            return new Shown(globalId, service, session, nonce);
        });
    }

    byte[] serviceChallenge(Shown shown) {
        return Envelope.seal(shown.session, KeyUsage.AUTHORIZE_CHALLENGE, random, challenge::encode);
    }

    byte[] serviceReply(Shown shown) {
        Consumer<Encoder> reply = secret.length == 0
                ? out -> out.u8(1).u64(shown.nonce + 1 + nonceError)
                : out -> out.u8(2).u64(shown.nonce + 1 + nonceError).bytes(secret);
        return Encoder.bytesOf(out -> out.bytes(Envelope.seal(shown.session, KeyUsage.AUTHORIZE_REPLY, random, reply)));
    }
}
