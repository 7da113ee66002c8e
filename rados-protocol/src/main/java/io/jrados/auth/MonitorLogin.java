package io.jrados.auth;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityName;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs in to one monitor, and renews tickets on the session that it opened (src/auth/cephx/CephxClientHandler.cc).
 *
 * <pre>
 *   begin ──► name and global_id
 *   challenge ──► the proof of the key; on a return, the old ticket as the proof of the global_id
 *   done ──► connection secret; the tickets count once both have signed what came
 *   later, on the open session: renewal ──► MAuth; MAuthReply ──► onRenewal
 * </pre>
 *
 * <p>Logging in is confined to the connection's thread, everything later to one thread as well.
 */
public final class MonitorLogin implements ConnectionAuth {
    private static final Logger LOG = LoggerFactory.getLogger(MonitorLogin.class);

    private static final int AUTH_MODE_MON = 10;
    /** The services whose tickets we want, as a mask. */
    private static final int WANTED = EntityName.OSD | EntityName.MGR;

    private final ClientAuth client;
    private final Set<Integer> tried = new HashSet<>();
    private int method;
    private long globalId;
    private @Nullable Challenge challenge;
    private Optional<Ticket> presented = Optional.empty();
    private Optional<Granted> granted = Optional.empty();
    private boolean all;
    private long askedNanos;

    /** Tickets and global_id of a monitor, as long as somebody in between may have changed them. */
    private record Granted(long globalId, List<Ticket> tickets) {}

    MonitorLogin(ClientAuth client) {
        this.client = client;
        this.method = client.methods().stream().findFirst().orElse(CEPHX);
    }

    @Override
    public int method() {
        return method;
    }

    @Override
    public List<Integer> modes() {
        return client.modes(EntityName.MON, method);
    }

    /** @throws RadosException EACCES, if there is no method or no key */
    @Override
    public byte[] begin() throws RadosException {
        if (!client.methods().contains(method)) {
            throw new RadosException(
                    Errno.EACCES,
                    "authenticating " + client.entity() + (client.hasKey() ? " with no method" : " without a key"));
        }
        return request();
    }

    private byte[] request() {
        challenge = null;
        globalId = client.tickets().globalId();
        return Encoder.bytesOf(out -> {
            out.u8(AUTH_MODE_MON);
            client.entity().encode(out);
            out.u64(globalId);
        });
    }

    @Override
    public byte[] onBadMethod(int refused, int result, List<Integer> allowedMethods, List<Integer> allowedModes)
            throws RadosException {
        tried.add(method);
        List<Integer> ours = client.methods();
        Optional<Integer> next = ours.stream()
                .filter(candidate -> allowedMethods.contains(candidate) && !tried.contains(candidate))
                .findFirst();
        if (next.isEmpty()) {
            forget();
            boolean open = allowedMethods.contains(NONE) && client.hasKey() && !ours.contains(NONE);
            throw Refusal.of(
                    open ? who() + ", which asks for no proof (auth_client_required = none would take that)" : who(),
                    method,
                    result,
                    ours,
                    modes(),
                    allowedMethods,
                    allowedModes,
                    hint());
        }
        method = next.get();
        return request();
    }

    private String hint() {
        return globalId == 0
                ? ": an unknown name, no mon caps, or " + client.keyHint()
                : ": " + client.keyHint() + ", or it does not give global_id " + globalId + " back";
    }

    @Override
    public byte[] onMore(byte[] payload) throws RadosException {
        if (method != CEPHX || challenge != null) {
            throw new RadosException(Errno.EBADMSG, "authenticating " + who() + ", which challenges once too often");
        }
        challenge = Cephx.read(payload, "reading the challenge to " + who(), Challenge::decode);
        return proof(challenge);
    }

    private byte[] proof(Challenge challenge) throws RadosException {
        forget();
        if (globalId != 0) {
            presented = client.tickets().copyOf(EntityName.AUTH);
        }
        long ours = client.random().nextLong();
        long answer = client.withKey(key -> challenge.answer(ours, key, client.random()));
        TicketBlob old = presented.map(Ticket::blob).orElse(TicketBlob.NONE);
        return Encoder.bytesOf(out -> {
            out.u16(Cephx.GET_AUTH_SESSION_KEY);
            new Authenticate(ours, answer, old, EntityName.AUTH | WANTED).encode(out);
        });
    }

    @Override
    public AuthDone onDone(long newGlobalId, int mode, byte[] payload) throws RadosException {
        String doing = "authenticating " + who();
        if (method == NONE) {
            byte[] secret = Cephx.secretFor(mode, modes(), new byte[0], doing);
            grant(newGlobalId, List.of());
            return new AuthDone(newGlobalId, mode, new byte[0], secret);
        }
        if (challenge == null) {
            throw new RadosException(Errno.EBADMSG, doing + ", which let us in without a challenge");
        }
        try {
            Admission admission = Admission.read(payload, client, presented.map(Ticket::sessionKey));
            byte[] secret = Cephx.secretFor(mode, modes(), admission.connectionSecret(), doing);
            byte[] sessionKey = admission.sessionKey();
            grant(newGlobalId, admission.tickets());
            return new AuthDone(newGlobalId, mode, sessionKey, secret);
        } finally {
            forget();
        }
    }

    private void grant(long newGlobalId, List<Ticket> tickets) throws RadosException {
        client.tickets().check(globalId, newGlobalId);
        granted = Optional.of(new Granted(newGlobalId, tickets));
    }

    @Override
    public void confirmed() throws RadosException {
        Granted ours = granted.orElseThrow(() ->
                new RadosException(Errno.EBADMSG, "authenticating " + who() + ", which goes on before it is done"));
        granted = Optional.empty();
        client.tickets().loggedIn(method, globalId, ours.globalId, ours.tickets);
        globalId = ours.globalId;
        if (method == NONE && client.hasKey()) {
            LOG.warn(
                    "{} has a key and logged in without it: whoever answers for the monitors is believed; with"
                            + " auth_client_required = cephx only who proves to be one is",
                    client.entity());
        }
    }

    /**
     * Returns the request that is due on the open session, as the payload of MAuth with protocol {@link #method()};
     * empty if nothing is due, or if the answer to the one before is still to be expected. {@link
     * Tickets#untilRenewal()} tells when to call. If the ticket that all others depend on is due, proves the key again
     * and renews all.
     */
    public Optional<byte[]> renewal() throws RadosException {
        if (challenge == null || isAwaited()) {
            return Optional.empty();
        }
        int due = client.tickets().due();
        if (due == 0) {
            return Optional.empty();
        }
        forget();
        askedNanos = client.tickets().now();
        all = (due & EntityName.AUTH) != 0;
        if (all) {
            return Optional.of(proof(challenge));
        }
        presented = client.tickets().copyOf(EntityName.AUTH);
        Ticket auth = presented.orElseThrow(() -> new RadosException(Errno.ECANCELED, renewing()));
        byte[] authorizer = new Authorizer(auth, globalId, client.random()).present();
        return Optional.of(Encoder.bytesOf(out ->
                out.u16(Cephx.GET_PRINCIPAL_SESSION_KEY).raw(authorizer).u8(1).u32(due)));
    }

    /** Whether an answer may still come: a monitor may lose a question, as when it loses its quorum. */
    private boolean isAwaited() {
        return presented.isPresent() && client.tickets().now() - askedNanos < Tickets.PACE;
    }

    /**
     * The answer to {@link #renewal()}, from MAuthReply.
     *
     * @throws RadosException if it is refused or malformed; tickets are then as before
     */
    public void onRenewal(int result, byte[] payload) throws RadosException {
        Ticket asked =
                presented.orElseThrow(() -> new RadosException(Errno.EBADMSG, renewing() + " without having asked"));
        try {
            ReplyHeader.check(result, renewing());
            client.tickets()
                    .renewed(
                            all
                                    ? Admission.read(payload, client, presented.map(Ticket::sessionKey))
                                            .tickets()
                                    : Admission.readTickets(payload, client, asked.sessionKey()));
        } catch (RadosException refused) {
            client.tickets().notRenewed();
            throw refused;
        } finally {
            forget();
        }
    }

    private String renewing() {
        return "renewing the tickets of " + client.entity();
    }

    private void forget() {
        presented.ifPresent(ticket -> ticket.sessionKey().destroy());
        presented = Optional.empty();
    }

    private String who() {
        return client.entity() + " to a monitor";
    }
}
