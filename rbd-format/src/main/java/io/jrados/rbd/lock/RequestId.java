package io.jrados.rbd.lock;

import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;

/** A request that one client makes of another (librbd::watch_notify::AsyncRequestId): the same on every repetition. */
public record RequestId(ClientId client, long number) {
    /** The id of a request that has no number. */
    public static final RequestId NONE = new RequestId(ClientId.NONE, 0);

    static RequestId decode(Decoder in) {
        return new RequestId(ClientId.decode(in), in.u64());
    }

    void encode(Encoder out) {
        client.encode(out);
        out.u64(number);
    }
}
