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

    /** Blank until an authenticated peer told it. */
    EntityAddr address() {
        return address.get();
    }

    /** The client's address, made of {@code seenAs} if none is known yet. */
    EntityAddr learn(EntityAddr seenAs) {
        address.compareAndSet(EntityAddr.BLANK, EntityAddr.of(EntityAddr.ANY, nonce, seenAs.ip(), 0));
        return address.get();
    }

    /** Higher for each connection: a daemon drops the one with the lower. */
    long nextGlobalSeq() {
        return globalSeq.incrementAndGet();
    }
}
