package io.jrados.msgr;

import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import org.jspecify.annotations.Nullable;

/**
 * One lossy connection to a daemon, made by {@link Messenger#connect}. Confined to its {@link NettyLoop}: every method
 * is called there, except {@link #send} and {@link #close}, which any thread may call. It never reconnects; when it is
 * closed, whoever needs the daemon makes a fresh one and sends again what was not answered.
 */
public interface Connection {
    /**
     * Queues a message, and owns it from here: its segments are released when they are written or the connection is
     * closed. Messages leave in the order of the calls, those of one turn of the loop in one write. Messages sent
     * before {@link ConnectionListener#onReady} wait for it. What happens to a message that does not arrive is told by
     * {@link ConnectionListener#onClosed} only.
     */
    void send(Payload message);

    /**
     * Whether little enough waits for the socket that more may be queued. A sender that gets false keeps the rest, and
     * goes on at {@link ConnectionListener#onWritable}: beyond a hard limit {@link #send} closes the connection.
     */
    boolean isWritable();

    /**
     * Takes back a message that still waits for the socket, and releases it; another goes in its place, or none. One
     * that is on its way already goes on, and what was to take its place is released. Any thread may call.
     *
     * @param type of the message
     * @param tid of the message
     * @param instead owned from here on
     */
    void exchange(int type, long tid, @Nullable Payload instead);

    /** Asks the peer for a sign of life (KEEPALIVE2). Nothing happens before the connection is ready. */
    void keepalive();

    /** Closes without telling the listener. What is queued is released. */
    void close();

    /**
     * The listener takes up a message that it had put aside, as it got it. Until then the message counts for this
     * connection, which reads no more while there are too many. Any thread may call.
     */
    default void takenUp(Payload message) {}

    /**
     * Whether the client's budget for what it receives, or what its listener has put aside, keeps it from reading now.
     * Any thread may call.
     */
    default boolean awaitsMemory() {
        return false;
    }

    /**
     * Bytes of the frame that memory was missing for, of a connection that ended with ENOMEM; 0 if it was to be sent,
     * or if its length is not known.
     */
    default long unaffordable() {
        return 0;
    }

    /**
     * The tid of the message that ended the connection, since it was longer than any may be or memory was missing for
     * it; 0 if none did, or if it is not known.
     */
    default long endedBy() {
        return 0;
    }

    /** The address that was connected to, as the maps know it. */
    EntityAddr peer();

    /** The mode that the peer chose: CRC 1, SECURE 2; 0 before that. */
    int mode();

    /** CEPH_FEATURE bits that both ends support; 0 before the connection is ready. */
    long features();

    /**
     * The client's own address: type any, the IP that the peer saw, port 0 and the client's nonce; blank before HELLO.
     */
    EntityAddr ownAddress();

    /** The authenticated global id, 0 before that. */
    long globalId();

    /** Whether anything was ever received. Any thread may call. */
    boolean hasReceived();

    /** Monotonic time of the last bytes received, of the connect when none were. */
    long lastReceivedNanos();

    /**
     * Monotonic time at which the socket was last seen to take bytes, of the connect before any. Asking has the
     * connection look again. Any thread may call.
     */
    long lastSentNanos();

    /** Monotonic time at which the keepalive was sent that the peer last acknowledged, of the readiness before any. */
    long lastKeepaliveAckNanos();
}
