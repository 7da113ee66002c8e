package io.jrados.msgr;

import io.jrados.auth.ConnectionAuth;
import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.error.ClosedException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Payload;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries bytes between a channel, the frame codec and the {@link Phase}: the only code that touches a channel. */
final class WireConnection extends ChannelInboundHandlerAdapter implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(WireConnection.class);

    private final Environment environment;
    private final Loop loop;
    private final EntityAddr peer;
    private final int peerType;
    private final ConnectionAuth auth;
    private final List<Compression> compression;
    private final ReceiveBudget.Share share;
    private final ClientIdentity identity;
    private final ConnectionListener listener;
    private final Consumer<WireConnection> gone;
    private final Inbox inbox;
    private final FrameCodec codec;
    private final SendQueue queue = new SendQueue();
    private final ReceiveBudget.Backlog backlog = new ReceiveBudget.Backlog();
    private final AtomicBoolean flushing = new AtomicBoolean();
    private final Runnable flush = this::flush;
    private final Loop.Timer readyTimer;

    private @Nullable ChannelHandlerContext context;
    private @Nullable Phase phase;
    private @Nullable Frame answer;
    private boolean keepaliveDue;
    /** Whether the channel is being handed messages: what it then complains of is one of those. */
    private boolean sending;

    private volatile @Nullable Open open;
    private volatile boolean closed;
    private volatile long unaffordable;
    private volatile long endedBy;
    private volatile long lastReceived;
    private volatile boolean received;
    private volatile long readySince;
    private volatile long lastSent;
    /** The bytes that the channel held when it was looked at last, without those that had left. */
    private long unsent;

    /** @param gone told on the loop when the connection has ended, in whatever way */
    WireConnection(
            Messenger messenger,
            Loop loop,
            Buffers buffers,
            EntityAddr peer,
            int peerType,
            ConnectionAuth auth,
            ConnectionListener listener,
            Consumer<WireConnection> gone) {
        this.environment = messenger.environment();
        this.identity = messenger.identity();
        this.loop = loop;
        this.peer = peer;
        this.peerType = peerType;
        this.auth = auth;
        this.compression = peerType == EntityName.OSD ? messenger.compression() : List.of();
        this.listener = listener;
        this.gone = gone;
        this.share = messenger.budget().share(loop, environment, backlog::isFull, this::tooSlow);
        this.inbox = new Inbox(buffers.receiving());
        this.codec = new FrameCodec(buffers.sending(), new ChannelSink(), messenger.dataCrc());
        this.lastReceived = environment.nanoTime();
        this.lastSent = lastReceived;
        this.readyTimer = loop.schedule(messenger.readyTimeout(), () -> notReadyAfter(messenger.readyTimeout()));
    }

    Inbox inbox() {
        return inbox;
    }

    /** Returns what it does, for errors: "talking to osd v2:..." */
    String doing() {
        return (open == null ? "connecting to " : "talking to ") + EntityName.typeName(peerType) + " " + peer;
    }

    // ---- from the channel

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        if (closed) {
            added.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        codec.writeBanner(Banner.ours());
        active.flush();
        listener.onConnected(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object read) {
        inbox.received((ByteBuf) read);
        lastReceived = environment.nanoTime();
        if (!received) {
            received = true;
        }
        try {
            boolean more = !closed;
            while (more) {
                more = takeOne(reading) && !closed;
            }
            int wanted = codec.wanted();
            inbox.wanted(wanted);
            if (!closed) {
                receiving(reading, wanted);
            }
        } catch (MalformedException malformed) {
            endedBy = codec.tid(inbox.bytes());
            fail(malformed.during(doing()));
        } catch (RadosException refused) {
            fail(refused);
        }
    }

    private void receiving(ChannelHandlerContext reading, int wanted) {
        int here = inbox.bytes().readableBytes();
        share.arrived(here);
        if (inbox.isAboutToGrow()) {
            share.want(wanted, here, affordable -> readAgain());
        }
    }

    /** Reads the socket, unless others use up the budget or too much of what came waits for the listener. */
    private void readAgain() {
        if (context != null && !closed) {
            context.channel().config().setAutoRead(!share.isWaiting() && !backlog.isFull());
        }
    }

    @Override
    public void takenUp(Payload message) {
        if (backlog.remove(message)) {
            later(() -> {
                share.resumed();
                readAgain();
            });
        }
    }

    private void tooSlow(RadosException why) {
        fail(RadosException.of(why.errno(), doing() + ", " + why.doing()));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext read) {
        inbox.rest();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) {
        wake();
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        fail(new RadosException(
                Errno.ECONNRESET, phase == null ? doing() : doing() + ", waiting for " + phase.awaits()));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failing, Throwable cause) {
        if (cause instanceof IOException) {
            fail(new RadosException(Errno.ECONNRESET, doing(), cause));
        } else if (sending) {
            unsent(cause);
        } else if (cause instanceof OutOfMemoryError) {
            int frame = codec.wanted();
            unaffordable = frame;
            endedBy = codec.tid(inbox.bytes());
            fail(new RadosException(
                    Errno.ENOMEM,
                    doing() + ", receiving a frame of " + frame + " bytes, " + DirectMemory.missing(cause),
                    cause));
        } else {
            fail(new RadosException(Errno.EIO, doing(), cause));
        }
    }

    private void unsent(Throwable cause) {
        boolean memory = cause instanceof OutOfMemoryError;
        String why = memory ? ", sending a message, " + DirectMemory.missing(cause) : ", encoding a message";
        fail(new RadosException(memory ? Errno.ENOMEM : Errno.EIO, doing() + why, cause));
    }

    // ---- the handshake and what follows

    private boolean takeOne(ChannelHandlerContext reading) throws RadosException {
        ByteBuf in = inbox.bytes();
        Phase now = phase;
        if (now == null) {
            OptionalLong supported = codec.readBanner(in, doing());
            if (supported.isEmpty()) {
                return false;
            }
            boolean compresses = (supported.getAsLong() & Banner.COMPRESSION) != 0;
            apply(reading, Hello.begin(terms(reading, compresses)));
            return true;
        }
        Frame frame = codec.read(in);
        if (frame == null) {
            return false;
        }
        share.give();
        Step step;
        try {
            step = now.on(frame);
        } finally {
            frame.release();
        }
        apply(reading, step);
        return true;
    }

    private Terms terms(ChannelHandlerContext connected, boolean compresses) {
        EntityAddr local = connected.channel().localAddress() instanceof InetSocketAddress address
                ? EntityAddr.msgr2(address)
                : EntityAddr.BLANK;
        return new Terms(
                peer,
                peerType,
                local,
                compresses,
                compression,
                identity.nextGlobalSeq(),
                auth,
                identity,
                codec.transcript());
    }

    private void apply(ChannelHandlerContext reading, Step step) {
        phase = step.next();
        Payload message = step.message();
        if (message != null) {
            if (backlog.add(message)) {
                readAgain();
            }
            listener.onMessage(this, message);
        } else if (open != null) {
            step.send().forEach(this::answer);
        } else {
            if (step.keys() != null) {
                codec.rekey(step.keys());
            }
            if (step.compression() != null) {
                codec.compressed(step.compression());
            }
            step.send().forEach(codec::write);
            codec.finish();
            reading.flush();
            if (phase instanceof Open ready) {
                ready(ready);
            }
        }
    }

    private void ready(Open now) {
        readyTimer.cancel();
        readySince = environment.nanoTime();
        open = now;
        LOG.debug("{}: mode {}, features {}", doing(), now.mode(), Long.toHexString(now.features()));
        listener.onReady(this);
        wake();
    }

    /** At most one answer waits for a peer that asks and does not read. */
    private void answer(Frame frame) {
        releaseAnswer();
        answer = frame;
        wake();
    }

    private void releaseAnswer() {
        if (answer != null) {
            answer.release();
            answer = null;
        }
    }

    private void notReadyAfter(Duration timeout) {
        String awaited =
                phase == null ? context == null || !context.channel().isActive() ? "TCP" : "a banner" : phase.awaits();
        fail(new DeadlineException(
                doing() + ", waiting for " + awaited + " for " + timeout.toMillis() + " ms",
                DeadlineException.Sent.NEVER_SENT,
                null));
    }

    // ---- sending

    @Override
    public void send(Payload message) {
        if (!queue.add(message)) {
            later(() -> fail(new RadosException(Errno.ENOMEM, doing() + ", which does not take what is sent")));
        }
        wake();
    }

    /** All that is sent in one turn of the loop leaves in one flush at its end. */
    private void wake() {
        if (flushing.compareAndSet(false, true)) {
            later(flush);
        }
    }

    private void later(Runnable task) {
        loop.execute(task);
    }

    private void flush() {
        flushing.set(false);
        if (closed) {
            queue.clear();
        } else if (open != null && context != null) {
            sending = true;
            try {
                flush(open, context);
            } catch (RuntimeException | OutOfMemoryError failed) {
                unsent(failed);
            } finally {
                sending = false;
            }
        }
    }

    private void flush(Open now, ChannelHandlerContext to) {
        writeControl(to);
        while (to.channel().isWritable()) {
            Payload next = queue.poll();
            if (next == null) {
                break;
            }
            codec.write(now.frame(next));
        }
        codec.finish();
        to.flush();
        if (!queue.isEmpty() && to.channel().isWritable()) {
            wake();
        }
        if (queue.relieved()) {
            listener.onWritable(this);
        }
    }

    private void writeControl(ChannelHandlerContext to) {
        if (!to.channel().isWritable()) {
            return;
        }
        Frame due = answer;
        if (due != null) {
            answer = null;
            codec.write(due);
        }
        if (keepaliveDue) {
            keepaliveDue = false;
            Duration stamp = Duration.ofNanos(environment.nanoTime() - readySince);
            codec.write(ControlFrames.keepalive(Tag.KEEPALIVE2, Utime.of(stamp)));
        }
    }

    @Override
    public void exchange(int type, long tid, @Nullable Payload instead) {
        later(() -> queue.exchange(type, tid, instead));
    }

    @Override
    public long lastSentNanos() {
        later(this::lookAtSocket);
        return lastSent;
    }

    /** A large piece leaves in many writes, of which the channel tells only here. */
    private void lookAtSocket() {
        ChannelOutboundBuffer out =
                context == null ? null : context.channel().unsafe().outboundBuffer();
        if (out != null) {
            long now = out.totalPendingWriteBytes() - out.currentProgress();
            if (now != unsent) {
                unsent = now;
                lastSent = environment.nanoTime();
            }
        }
    }

    @Override
    public boolean isWritable() {
        return queue.isWritable();
    }

    @Override
    public void keepalive() {
        keepaliveDue = true;
        wake();
    }

    // ---- the end

    @Override
    public void close() {
        if (loop.inLoop()) {
            end();
        } else {
            later(this::end);
        }
    }

    /** Ends the connection and tells the listener, unless it has ended. */
    void fail(RadosException why) {
        if (end()) {
            listener.onClosed(this, why);
        }
    }

    /** Tells the listener that the thread of this connection is about to end. */
    void loopEnds() {
        fail(new ClosedException(doing() + ", whose threads were stopped"));
    }

    private boolean end() {
        if (closed) {
            return false;
        }
        closed = true;
        gone.accept(this);
        readyTimer.cancel();
        queue.clear();
        share.close();
        codec.release();
        inbox.close();
        releaseAnswer();
        if (context != null) {
            context.close();
        }
        return true;
    }

    private final class ChannelSink implements Sink {
        @Override
        public void write(ByteBuf piece) {
            context.write(piece, context.voidPromise());
        }

        @Override
        public void write(ByteBuf piece, ByteBuf owner) {
            context.write(piece).addListener(written -> {
                owner.release();
                written(written);
            });
        }

        /** A piece that is missing makes rubbish of all that follows it. A channel that ends tells of it elsewhere. */
        private void written(Future<?> write) {
            Throwable failure = write.cause();
            if (failure != null && !(failure instanceof IOException)) {
                unsent(failure);
            }
        }
    }

    // ---- what is known

    @Override
    public boolean awaitsMemory() {
        return share.isWaiting() || backlog.isFull();
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
        Open now = open;
        return now == null ? 0 : now.mode();
    }

    @Override
    public long features() {
        Open now = open;
        return now == null ? 0 : now.features();
    }

    @Override
    public EntityAddr ownAddress() {
        Open now = open;
        return now == null ? EntityAddr.BLANK : now.own();
    }

    @Override
    public long globalId() {
        Open now = open;
        return now == null ? 0 : now.globalId();
    }

    @Override
    public boolean hasReceived() {
        return received;
    }

    @Override
    public long lastReceivedNanos() {
        return lastReceived;
    }

    @Override
    public long lastKeepaliveAckNanos() {
        Open now = open;
        if (now == null) {
            return readySince;
        }
        long sinceReady = environment.nanoTime() - readySince;
        return readySince + Math.min(now.keepaliveAck().toDuration().toNanos(), sinceReady);
    }

    @Override
    public String toString() {
        return "Connection[" + EntityName.typeName(peerType) + " " + peer + (closed ? ", closed" : "") + "]";
    }
}
