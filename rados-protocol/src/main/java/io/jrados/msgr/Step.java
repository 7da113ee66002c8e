package io.jrados.msgr;

import io.jrados.auth.AuthDone;
import io.jrados.wire.Payload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The consequence of a frame. Whoever gets a step owns its frames and its message.
 *
 * @param next the phase from here
 * @param keys unless null, everything behind the frame is read, and {@code send} and all that follows written, with
 *     them
 * @param compression unless null, frames behind this one may be compressed so
 * @param send frames to send
 * @param message unless null, for the listener
 */
record Step(
        Phase next,
        @Nullable AuthDone keys,
        @Nullable Compression compression,
        List<Frame> send,
        @Nullable Payload message) {
    static Step to(Phase next, Frame... send) {
        return new Step(next, null, null, List.of(send), null);
    }

    static Step rekeyed(Phase next, AuthDone keys, Frame send) {
        return new Step(next, keys, null, List.of(send), null);
    }

    Step compressed(Compression method) {
        return new Step(next, keys, method, send, message);
    }

    static Step deliver(Phase next, Payload message) {
        return new Step(next, null, null, List.of(), message);
    }
}
