package io.jrados.msgr;

import io.jrados.auth.ConnectionAuth;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import java.util.List;

/**
 * The terms of a connection that are known before it is made.
 *
 * @param peer as the maps know it
 * @param peerType what must answer there
 * @param local the socket's own address, for a peer that does not tell how it sees this client
 * @param compresses whether the peer knows of compression
 * @param compression the ways in which it may compress, preferred ones first
 * @param globalSeq higher than that of any earlier connection of this client
 */
record Terms(
        EntityAddr peer,
        int peerType,
        EntityAddr local,
        boolean compresses,
        List<Compression> compression,
        long globalSeq,
        ConnectionAuth auth,
        ClientIdentity identity,
        Transcript transcript) {
    /** For errors: "connecting to osd v2:192.0.2.7:6800/1234". */
    String doing() {
        return "connecting to " + EntityName.typeName(peerType) + " " + peer;
    }
}
