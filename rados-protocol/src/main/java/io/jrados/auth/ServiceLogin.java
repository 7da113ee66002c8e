package io.jrados.auth;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.wire.EntityName;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens a session with an OSD or a manager by showing the ticket, with one challenge
 * (src/auth/cephx/CephxAuthorizeHandler.cc).
 *
 * <pre>
 *   begin ──► authorizer
 *   challenge ──► the authorizer again, with the challenge answered
 *   done ──► the service's proof and the connection secret
 * </pre>
 */
final class ServiceLogin implements ConnectionAuth {
    private final ClientAuth client;
    private final int type;
    private @Nullable Ticket ticket;
    private @Nullable Authorizer authorizer;
    private boolean challenged;

    ServiceLogin(ClientAuth client, int type) {
        this.client = client;
        this.type = type;
    }

    @Override
    public int method() {
        return CEPHX;
    }

    @Override
    public List<Integer> modes() {
        return client.modes(type, CEPHX);
    }

    /** @throws RadosException EACCES without a ticket; EAGAIN if it has to be renewed first */
    @Override
    public byte[] begin() throws RadosException {
        Tickets tickets = client.tickets();
        if (!tickets.usable(type)) {
            throw tickets.known(type)
                    ? new RadosException(Errno.EAGAIN, "authenticating " + who() + ", whose ticket has to be renewed")
                    : new RadosException(Errno.EACCES, "authenticating " + who() + " without a ticket for it");
        }
        Optional<Ticket> copy = tickets.copyOf(type);
        Ticket shown = copy.orElseThrow(() -> new RadosException(Errno.ECANCELED, "authenticating " + who()));
        Authorizer first = new Authorizer(shown, tickets.globalId(), client.random());
        ticket = shown;
        authorizer = first;
        return first.present();
    }

    /** The refusal concerns this connection; the ticket is renewed, at a pace, in case it is too old. */
    @Override
    public byte[] onBadMethod(int method, int result, List<Integer> allowedMethods, List<Integer> allowedModes)
            throws RadosException {
        if (allowedMethods.contains(CEPHX) && ticket != null) {
            client.tickets().refused(ticket);
        }
        forget();
        throw Refusal.of(
                who(),
                CEPHX,
                result,
                List.of(CEPHX),
                modes(),
                allowedMethods,
                allowedModes,
                ": the ticket may be too old, and is renewed");
    }

    @Override
    public byte[] onMore(byte[] challenge) throws RadosException {
        if (challenged) {
            throw new RadosException(Errno.EBADMSG, "authenticating " + who() + ", which challenges again and again");
        }
        challenged = true;
        return begun().answer(challenge);
    }

    @Override
    public AuthDone onDone(long globalId, int mode, byte[] payload) throws RadosException {
        Authorizer shown = begun();
        if (!challenged) {
            throw new RadosException(
                    Errno.EBADMSG, "authenticating " + who() + ", which lets us in without a challenge");
        }
        byte[] secret = Cephx.secretFor(mode, modes(), shown.verify(payload), "authenticating " + who());
        AuthDone done = new AuthDone(client.tickets().globalId(), mode, shown.sessionKey(), secret);
        forget();
        return done;
    }

    private Authorizer begun() throws RadosException {
        if (authorizer == null) {
            throw new RadosException(Errno.EBADMSG, "authenticating " + who() + ", which answers before it is asked");
        }
        return authorizer;
    }

    private void forget() {
        if (ticket != null) {
            ticket.sessionKey().destroy();
        }
        ticket = null;
        authorizer = null;
    }

    private String who() {
        return client.entity() + " to the " + EntityName.typeName(type);
    }
}
