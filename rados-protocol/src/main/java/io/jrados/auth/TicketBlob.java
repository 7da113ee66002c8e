package io.jrados.auth;

import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;

/**
 * A ticket as its service reads it, opaque to us: CephXTicketBlob of src/auth/cephx/CephxProtocol.h.
 *
 * @param secretId which of the service's rotating secrets made it
 */
record TicketBlob(long secretId, byte[] blob) {
    static final TicketBlob NONE = new TicketBlob(0, new byte[0]);

    static TicketBlob decode(Decoder in) {
        Versions.atLeastOne(in.u8());
        return new TicketBlob(in.u64(), in.bytes());
    }

    void encode(Encoder out) {
        out.u8(1).u64(secretId).bytes(blob);
    }

    @Override
    public String toString() {
        return "TicketBlob[secretId=" + secretId + ", " + blob.length + " bytes]";
    }
}
