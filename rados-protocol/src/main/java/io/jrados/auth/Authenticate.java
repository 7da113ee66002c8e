package io.jrados.auth;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;

/**
 * The answer to the monitor's challenge: CephXAuthenticate of src/auth/cephx/CephxProtocol.h.
 *
 * <pre>
 * v1, v2  older clients
 * v3      same layout; promises that the old ticket is there whenever a global_id is asked for again, and only then
 * </pre>
 *
 * @param key the proof, {@link Challenge#answer}
 * @param oldTicket of service auth, {@link TicketBlob#NONE} for a first login
 * @param otherKeys services whose tickets come along, as a mask
 */
record Authenticate(long clientChallenge, long key, TicketBlob oldTicket, int otherKeys) {
    static final int VERSION = 3;

    static Authenticate decode(Decoder in) {
        int version = in.u8();
        if (version != VERSION) {
            throw new MalformedException("CephXAuthenticate version " + version);
        }
        return new Authenticate(in.u64(), in.u64(), TicketBlob.decode(in), in.i32());
    }

    void encode(Encoder out) {
        out.u8(VERSION).u64(clientChallenge).u64(key);
        oldTicket.encode(out);
        out.u32(otherKeys);
    }
}
