package io.jrados.rbd.lock;

import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;

/**
 * One client that has an image open (librbd::watch_notify::ClientId).
 *
 * @param clientId its global id
 * @param handle of its watch
 */
public record ClientId(long clientId, long handle) {
    static final ClientId NONE = new ClientId(0, 0);

    static ClientId decode(Decoder in) {
        return new ClientId(in.u64(), in.u64());
    }

    void encode(Encoder out) {
        out.u64(clientId).u64(handle);
    }
}
