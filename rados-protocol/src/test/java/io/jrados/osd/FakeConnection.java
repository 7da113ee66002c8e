package io.jrados.osd;

import io.jrados.conf.FakeLoop;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A connection whose other end is the test. */
final class FakeConnection implements Connection {
    private final FakeLoop loop;
    private final EntityAddr peer;
    private final ConnectionListener listener;
    private final Queue<SentOp> operations = new ArrayDeque<>();
    private final List<Payload> others = new ArrayList<>();
    private final List<Payload> unwritten = new ArrayList<>();
    /** Whether the socket takes what is sent. */
    boolean writing = true;

    /** Whether a socket that does not take whole messages takes bytes. */
    boolean moving;

    /** Whether what is not written yet waits for the socket still, as a whole message. */
    boolean queued;

    /** Whether what it receives is not read for lack of memory. */
    boolean starved;

    boolean closed;
    /** The frame that found no memory. */
    long unaffordable;

    /** The operation whose reply was too long. */
    long endedBy;

    int keepalives;
    private long received;
    private final long begun;
    private boolean heard;

    FakeConnection(FakeLoop loop, EntityAddr peer, ConnectionListener listener) {
        this.loop = loop;
        this.peer = peer;
        this.listener = listener;
        this.received = loop.nanoTime();
        this.begun = received;
    }

    // ---- the test's side

    FakeConnection ready() {
        listener.onReady(this);
        loop.run();
        return this;
    }

    /** TCP is there. */
    FakeConnection connected() {
        listener.onConnected(this);
        loop.run();
        return this;
    }

    /** A sign of life arrives, or a step of the handshake. */
    void acknowledge() {
        heard = true;
        received = loop.nanoTime();
    }

    /** The socket takes all that waited for it. */
    void write() {
        writing = true;
        releaseUnwritten();
    }

    void receive(Payload message) {
        received = loop.nanoTime();
        listener.onMessage(this, message);
        loop.run();
    }

    void reset() {
        fail(new RadosException(Errno.ECONNRESET, "talking to osd " + peer));
    }

    /** Acts as if there were no memory for a frame of so many bytes, 0 for one to be sent. */
    void starve(long frame) {
        unaffordable = frame;
        fail(new RadosException(Errno.ENOMEM, "receiving a frame of " + frame + " bytes"));
    }

    /** Acts as if the reply to an operation were longer than any may be. */
    void refuse(long tid) {
        endedBy = tid;
        fail(new RadosException(Errno.EBADMSG, "talking to osd.0 [MESSAGE with too many bytes]"));
    }

    void fail(RadosException why) {
        closed = true;
        releaseUnwritten();
        listener.onClosed(this, why);
        loop.run();
    }

    /** The next operation that was sent. */
    SentOp next() {
        SentOp next = operations.poll();
        if (next == null) {
            throw new AssertionError("nothing was sent to " + peer);
        }
        return next;
    }

    boolean isQuiet() {
        return operations.isEmpty();
    }

    /** The messages that were sent and are not operations. */
    List<Payload> others() {
        return others;
    }

    void reply(SentOp to, int result) {
        receive(to.reply(result));
    }

    private void releaseUnwritten() {
        unwritten.forEach(Payload::release);
        unwritten.clear();
    }

    // ---- the Objecter's side

    @Override
    public void send(Payload message) {
        if (message.type() != SentOp.TYPE) {
            others.add(message);
            return;
        }
        operations.add(SentOp.read(message));
        if (writing) {
            message.release();
        } else {
            unwritten.add(message);
        }
    }

    @Override
    public void exchange(int type, long tid, @Nullable Payload instead) {
        for (int i = 0; queued && i < unwritten.size(); i++) {
            Payload before = unwritten.get(i);
            if (before.type() == type && before.tid() == tid) {
                before.release();
                unwritten.remove(i);
                operations.removeIf(sent -> sent.tid() == tid);
                if (instead != null) {
                    unwritten.add(i, instead);
                    operations.add(SentOp.read(instead));
                }
                return;
            }
        }
        if (instead != null) {
            instead.release();
        }
    }

    @Override
    public long lastSentNanos() {
        return moving ? loop.nanoTime() : begun;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void keepalive() {
        keepalives++;
    }

    @Override
    public void close() {
        closed = true;
        releaseUnwritten();
    }

    @Override
    public boolean awaitsMemory() {
        return starved;
    }

    @Override
    public long unaffordable() {
        return unaffordable;
    }

    @Override
    public long endedBy() {
        return endedBy;
    }

    @Override
    public EntityAddr peer() {
        return peer;
    }

    @Override
    public int mode() {
        return 1;
    }

    @Override
    public long features() {
        return -1;
    }

    @Override
    public EntityAddr ownAddress() {
        return EntityAddr.BLANK;
    }

    @Override
    public long globalId() {
        return 4100;
    }

    @Override
    public boolean hasReceived() {
        return heard;
    }

    @Override
    public long lastReceivedNanos() {
        return received;
    }

    @Override
    public long lastKeepaliveAckNanos() {
        return received;
    }
}
