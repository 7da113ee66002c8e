package io.jrados.message;

import io.jrados.wire.Payload;
import java.util.UUID;

/**
 * Accepts a subscription: MMonSubscribeAck (src/messages/MMonSubscribeAck.h). Monitors that keep subscriptions send
 * none.
 *
 * @param intervalSeconds after which it must be renewed
 */
public record MonSubscribeAck(long intervalSeconds, UUID fsid) {
    /** Owns the payload. */
    public static MonSubscribeAck decode(Payload payload) {
        return Body.read(payload, MessageType.MON_SUBSCRIBE_ACK, 0, in -> new MonSubscribeAck(in.u32(), in.uuid()));
    }
}
