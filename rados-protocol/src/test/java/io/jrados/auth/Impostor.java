package io.jrados.auth;

import io.jrados.error.RadosException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A login that asks for another global_id than its ticket has. */
record Impostor(MonitorLogin login, long globalId) implements ConnectionAuth {
    @Override
    public int method() {
        return login.method();
    }

    @Override
    public List<Integer> modes() {
        return login.modes();
    }

    @Override
    public byte[] begin() throws RadosException {
        byte[] request = login.begin();
        ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).putLong(request.length - Long.BYTES, globalId);
        return request;
    }

    @Override
    public byte[] onBadMethod(int method, int result, List<Integer> methods, List<Integer> modes)
            throws RadosException {
        return login.onBadMethod(method, result, methods, modes);
    }

    @Override
    public byte[] onMore(byte[] challenge) throws RadosException {
        return login.onMore(challenge);
    }

    @Override
    public AuthDone onDone(long granted, int mode, byte[] payload) throws RadosException {
        return login.onDone(granted, mode, payload);
    }

    @Override
    public void confirmed() throws RadosException {
        login.confirmed();
    }
}
