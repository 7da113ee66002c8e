package io.jrados.auth;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityName;
import java.util.List;

/** Opens a session with an OSD or a manager of a cluster without authentication: src/auth/none/AuthNoneProtocol.h. */
final class ServiceNone implements ConnectionAuth {
    private static final int AUTH_MODE_AUTHORIZER = 1;

    private final ClientAuth client;
    private final int type;

    ServiceNone(ClientAuth client, int type) {
        this.client = client;
        this.type = type;
    }

    @Override
    public int method() {
        return NONE;
    }

    @Override
    public List<Integer> modes() {
        return client.modes(type, NONE);
    }

    @Override
    public byte[] begin() {
        return Encoder.bytesOf(out -> {
            out.u8(AUTH_MODE_AUTHORIZER);
            client.entity().encode(out);
            out.u64(client.tickets().globalId());
        });
    }

    @Override
    public byte[] onBadMethod(int method, int result, List<Integer> allowedMethods, List<Integer> allowedModes)
            throws RadosException {
        throw Refusal.of(who(), NONE, result, List.of(NONE), modes(), allowedMethods, allowedModes, "");
    }

    @Override
    public byte[] onMore(byte[] challenge) throws RadosException {
        throw new RadosException(Errno.EBADMSG, "authenticating " + who() + ", which asks for more than nothing");
    }

    @Override
    public AuthDone onDone(long globalId, int mode, byte[] payload) throws RadosException {
        byte[] secret = Cephx.secretFor(mode, modes(), new byte[0], "authenticating " + who());
        return new AuthDone(globalId, mode, new byte[0], secret);
    }

    private String who() {
        return client.entity() + " to the " + EntityName.typeName(type);
    }
}
