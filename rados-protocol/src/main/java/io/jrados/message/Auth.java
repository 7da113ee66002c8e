package io.jrados.message;

import io.jrados.wire.Payload;

/**
 * A request of an authentication method on an open monitor session: MAuth (src/messages/MAuth.h).
 *
 * @param protocol of the method, 0 to begin
 * @param request the method's own bytes, which may be secret
 * @param monMapEpoch of the monitor map that we have
 */
public record Auth(int protocol, byte[] request, long monMapEpoch) {
    public Payload encode() {
        return MessageType.AUTH.payload(
                0,
                Body.front(out -> Body.paxos(out).u32(protocol).bytes(request).u32(monMapEpoch)));
    }

    @Override
    public String toString() {
        return "Auth[protocol=" + protocol + "]";
    }
}
