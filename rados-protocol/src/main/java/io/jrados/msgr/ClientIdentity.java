package io.jrados.msgr;

import io.jrados.wire.EntityAddr;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The identity by which the cluster knows one client instance. Its address is what a blocklist names, so it is the same
 * on every connection, whichever way they go: the IP under which the first peer saw it, port 0 and the instance's
 * nonce.
 */
final class ClientIdentity {
    private final int nonce;
    private final AtomicLong globalSeq = new AtomicLong();
    private final AtomicReference<EntityAddr> address = new AtomicReference<>(EntityAddr.BLANK);

    ClientIdentity(int nonce) {
        this.nonce = nonce;
    }

    int nonce() {
        return nonce;
    }

    /** Blank until a peer told it that has proved itself and goes on with what it heard of us. */
    EntityAddr address() {
        return address.get();
    }

    /** The client's address, or what it will be if none is known yet and this peer is not deceived. */
    EntityAddr seenAs(EntityAddr seen) {
        EntityAddr known = address.get();
        return known.isBlank() ? EntityAddr.of(EntityAddr.ANY, nonce, seen.ip(), 0) : known;
    }

    /** Keeps an address that {@link #seenAs} made, if none is known yet. */
    void learn(EntityAddr own) {
        address.compareAndSet(EntityAddr.BLANK, own);
    }

    /** Higher for each connection: a daemon drops the one with the lower. */
    long nextGlobalSeq() {
        return globalSeq.incrementAndGet();
    }
}
