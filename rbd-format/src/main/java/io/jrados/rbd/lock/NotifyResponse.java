package io.jrados.rbd.lock;

import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Struct;

/**
 * The answer of the lock's owner to a request; everybody else answers with nothing.
 *
 * <pre>
 * librbd::watch_notify::ResponseMessage (src/librbd/WatchNotifyTypes.cc)
 *   v1  result
 * </pre>
 *
 * @param result 0, or a negative errno
 */
public record NotifyResponse(int result) {
    private static final Struct STRUCT = new Struct("ResponseMessage", 1, 1, 1);

    public static NotifyResponse decode(Decoder in) {
        return in.struct(STRUCT, (body, version) -> new NotifyResponse(body.i32()));
    }

    public void encode(Encoder out) {
        out.struct(STRUCT, body -> body.i32(result));
    }
}
