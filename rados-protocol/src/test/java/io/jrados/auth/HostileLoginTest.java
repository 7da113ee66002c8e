package io.jrados.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.crypto.CephCipher;
import io.jrados.crypto.KeyUsage;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Fuzz;
import io.jrados.testkit.FuzzCampaign;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityName;
import io.jrados.wire.Utime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers of monitors and services during a login: damaged as a man in the middle could, and inside the encryption,
 * as only who has the key could ({@link FuzzCampaign}). A login that fails leaves no ticket.
 */
@Covers({"B03", "B04", "B06", "B21", "B22", "K23", "K24"})
class HostileLoginTest {
    private static final Logger LOG = LoggerFactory.getLogger(HostileLoginTest.class);

    private final FuzzCampaign campaign = new FuzzCampaign();
    private final TestEnvironment environment = new TestEnvironment(5);

    private interface Decode {
        Object of(byte[] bytes) throws RadosException;
    }

    private void add(String decoder, String golden, byte[] good, Decode decode) {
        campaign.add(
                decoder,
                new Fuzz(
                        decoder + ", " + golden,
                        good,
                        bytes -> {
                            try {
                                return decode.of(bytes);
                            } catch (RadosException refused) {
                                throw new MalformedException(refused.getMessage(), refused);
                            }
                        },
                        MalformedException.class));
    }

    private static CryptoKey key(int type, int fill) {
        byte[] secret = new byte[type == CephCipher.AES ? 16 : 32];
        Arrays.fill(secret, (byte) fill);
        return CryptoKey.of(type, secret);
    }

    private ClientAuth client(CryptoKey key) {
        return new ClientAuth(
                new Entity(EntityName.CLIENT, "glance"), Optional.of(key.copy()), AuthPolicy.DEFAULT, environment);
    }

    /** Bytes as they are under the cipher, behind the envelope's magic. */
    private byte[] sealed(CryptoKey key, KeyUsage usage, byte[] payload) {
        return Envelope.seal(key, usage, environment.random(), out -> out.raw(payload));
    }

    /** Whole replies, encrypted parts and all, to a first login and to a return. */
    private void replies(ScriptedCluster cluster, ClientAuth known) throws RadosException {
        add("challenge of a monitor", "aes", cluster.challenge(), bytes -> {
            MonitorLogin login = known.toMonitor();
            login.begin();
            return login.onMore(bytes);
        });
        ClientAuth fresh = client(key(CephCipher.AES, 1));
        byte[] first = cluster.admit(new Authenticate(1, 2, TicketBlob.NONE, EntityName.OSD | EntityName.MGR));
        add("reply of a monitor", "first login", first, bytes -> Admission.read(bytes, fresh, Optional.empty()));
        MonitorLogin login = known.toMonitor();
        login.begin();
        Authenticate again = cluster.authenticate(login.onMore(cluster.challenge()));
        byte[] second = cluster.admit(again);
        CryptoKey old = known.tickets().copyOf(EntityName.AUTH).orElseThrow().sessionKey();
        add("reply of a monitor", "return", second, bytes -> Admission.read(bytes, known, Optional.of(old)));
    }

    /** The parts of a reply, damaged inside their encryption. */
    private void tickets(int type, ClientAuth known) {
        String name = CryptoKey.typeName(type);
        CryptoKey key = key(type, 1);
        CryptoKey session = key(type, 9);
        byte[] blob = Encoder.bytesOf(new TicketBlob(7, new byte[] {1, 2, 3})::encode);
        byte[] granted = Encoder.bytesOf(out -> {
            session.encode(out.u8(1));
            new Utime(3600, 0).encode(out);
        });
        Optional<CryptoKey> none = Optional.empty();
        add("service ticket", name, granted, bytes -> new Grant(
                        EntityName.OSD, sealed(key, KeyUsage.TICKET_SESSION_KEY, bytes), false, blob)
                .open(key, none, "us", 0));
        byte[] sealedKey = sealed(key, KeyUsage.TICKET_SESSION_KEY, granted);
        add("ticket blob", name, blob, bytes -> new Grant(EntityName.OSD, sealedKey, false, bytes)
                .open(key, none, "us", 0));
        add("sealed ticket blob", name, Encoder.bytesOf(out -> out.bytes(blob)), bytes -> new Grant(
                        EntityName.OSD, sealedKey, true, sealed(session, KeyUsage.TICKET_BLOB, bytes))
                .open(key, Optional.of(session), "us", 0));
        Consumer<Encoder> auth = out ->
                out.u32(EntityName.AUTH).u8(1).bytes(sealedKey).bool(false).bytes(blob);
        byte[] secret = Encoder.bytesOf(out -> out.bytes(new byte[64]));
        ClientAuth client = client(key);
        add(
                "connection secret",
                name,
                secret,
                bytes -> Admission.read(
                        Encoder.bytesOf(out -> {
                            auth.accept(out.u16(Cephx.GET_AUTH_SESSION_KEY)
                                    .i32(0)
                                    .u8(1)
                                    .u32(1));
                            out.blob(tail -> tail.bytes(sealed(session, KeyUsage.CONNECTION_SECRET, bytes)))
                                    .u32(0);
                        }),
                        client,
                        none));
        byte[] grants = Encoder.bytesOf(out -> {
            out.u8(1).u32(2);
            auth.accept(out);
            auth.accept(out);
        });
        add(
                "renewed tickets",
                name,
                grants,
                bytes -> Admission.readTickets(
                        Encoder.bytesOf(out ->
                                out.u16(Cephx.GET_PRINCIPAL_SESSION_KEY).i32(0).raw(bytes)),
                        known,
                        key));
        add("grants", name, grants, bytes -> Grant.decodeList(Decoder.of(bytes)));
        add("keyring's key", name, Encoder.bytesOf(key::encode), bytes -> Decoder.whole(bytes, CryptoKey::decode));
        add("ciphertext", name, sealedKey, bytes -> key.decrypt(KeyUsage.TICKET_SESSION_KEY, bytes));
    }

    /** The answer of a service to an authorizer, damaged inside its encryption. */
    private void authorizers(int type) {
        String name = CryptoKey.typeName(type);
        CryptoKey session = key(type, 9);
        Ticket ticket = Ticket.granted(EntityName.OSD, session, TicketBlob.NONE, new Utime(3600, 0), 0);
        byte[] challenge = Encoder.bytesOf(new Challenge(77)::encode);
        add("challenge of a service", name, challenge, bytes -> new Authorizer(ticket, 4711, environment.random())
                .answer(sealed(session, KeyUsage.AUTHORIZE_CHALLENGE, bytes)));
        // the nonce is the first number that the authorizer draws
        TestEnvironment same = new TestEnvironment(9);
        long nonce = same.random().nextLong();
        byte[] reply = Encoder.bytesOf(out -> out.u8(2).u64(nonce + 1).bytes(new byte[64]));
        add("reply of a service", name, reply, bytes -> new Authorizer(ticket, 4711, new TestEnvironment(9).random())
                .verify(Encoder.bytesOf(out -> out.bytes(sealed(session, KeyUsage.AUTHORIZE_REPLY, bytes)))));
        byte[] whole = Encoder.bytesOf(out -> out.bytes(sealed(session, KeyUsage.AUTHORIZE_REPLY, reply)));
        add("reply of a service, as sent", name, whole, bytes -> new Authorizer(
                        ticket, 4711, new TestEnvironment(9).random())
                .verify(bytes));
    }

    @Test
    void isRefusedOrUnderstood() throws RadosException {
        CryptoKey key = key(CephCipher.AES, 1);
        ScriptedCluster cluster = new ScriptedCluster(key);
        ClientAuth known = client(key);
        MonitorLogin login = known.toMonitor();
        login.begin();
        byte[] reply = cluster.admit(cluster.authenticate(login.onMore(cluster.challenge())));
        login.onDone(4711, ConnectionAuth.SECURE, reply);
        login.confirmed();
        replies(cluster, known);
        for (int type : List.of(CephCipher.AES, CephCipher.AES256K)) {
            tickets(type, known);
            authorizers(type);
        }
        add(
                "entity name",
                "client",
                Encoder.bytesOf(known.entity()::encode),
                bytes -> Entity.decode(Decoder.of(bytes)));

        FuzzCampaign.Outcome outcome = campaign.run();
        LOG.info("{}", outcome);
        assertThat(outcome.decoders()).isEqualTo(14);
        assertThat(outcome.decoded()).isPositive();
        assertThat(outcome.refused()).isGreaterThan(outcome.goldens());
    }
}
