package io.jrados.msgr;

import io.jrados.auth.ConnectionAuth;
import io.jrados.conf.Environment;
import io.jrados.error.RadosException;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A connection and a daemon on one thread, with a clock that stands still: nothing moves unless {@link #pump} is
 * called.
 */
final class Talk implements ConnectionListener {
    static final EntityAddr OSD = EntityAddr.of(EntityAddr.MSGR2, 7, new byte[] {10, 0, 0, 3}, 6800);

    /** The events that the listener was told. */
    final List<String> events = new ArrayList<>();

    final List<Payload> received = new ArrayList<>();
    final HandLoop loop = new HandLoop();
    final Wire wire = new Wire();
    final Messenger messenger = new Messenger(new StoppedClock(), address -> address, Duration.ofSeconds(10));
    final WireConnection connection;
    final Accepted daemon;

    @Nullable
    RadosException closedBy;

    /** The most bytes that arrive at once, asked for each time. */
    IntSupplier slice = () -> Integer.MAX_VALUE;

    /** Bytes that have arrived at the client. */
    long delivered;

    private final List<ByteBuf> toClient = new ArrayList<>();
    private final BiConsumer<WireConnection, Payload> onMessage;

    private final class StoppedClock implements Environment {
        private final Random random = new Random(1);

        @Override
        public long nanoTime() {
            return loop.nanoTime();
        }

        @Override
        public long wallClockMillis() {
            return 0;
        }

        @Override
        public RandomGenerator random() {
            return random;
        }
    }

    /** The client's channel, whose socket can be made to take nothing. */
    static final class Wire extends EmbeddedChannel {
        boolean stalled;
        int flushes;

        @Override
        protected void doWrite(ChannelOutboundBuffer pending) throws Exception {
            if (!stalled) {
                super.doWrite(pending);
            }
        }
    }

    Talk(int mode) {
        this(mode, (connection, message) -> message.release());
    }

    Talk(int mode, BiConsumer<WireConnection, Payload> onMessage) {
        this(mode, new TestAuth(ConnectionAuth.SECURE, ConnectionAuth.CRC), onMessage);
    }

    Talk(int mode, ConnectionAuth auth, BiConsumer<WireConnection, Payload> onMessage) {
        this.onMessage = onMessage;
        wire.config().setWriteBufferWaterMark(Messenger.UNDER_WAY);
        daemon = new Accepted(
                EntityName.OSD,
                OSD,
                mode,
                new Sink() {
                    @Override
                    public void write(ByteBuf piece) {
                        toClient.add(piece);
                    }

                    @Override
                    public void write(ByteBuf piece, ByteBuf owner) {
                        toClient.add(Unpooled.copiedBuffer(piece));
                        piece.release();
                        owner.release();
                    }
                },
                (side, message) -> received.add(message));
        connection = new WireConnection(messenger, loop, Buffers.make(), OSD, EntityName.OSD, auth, this, gone -> {});
    }

    /** The TCP connection is there. */
    Talk begin() {
        wire.pipeline().addLast(new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext context) {
                wire.flushes++;
                context.flush();
            }
        });
        wire.pipeline().addLast(connection);
        wire.pipeline().fireChannelActive();
        daemon.begin();
        return this;
    }

    /** Begins and shakes hands. */
    Talk open() {
        begin();
        pump();
        return this;
    }

    /** Moves bytes to and fro until both sides are silent. */
    void pump() {
        boolean moved = true;
        while (moved) {
            loop.run();
            moved = clientToDaemon() | daemonToClient();
        }
    }

    boolean clientToDaemon() {
        boolean moved = false;
        ByteBuf bytes = wire.readOutbound();
        while (bytes != null) {
            moved = true;
            try {
                daemon.received(bytes);
            } catch (RadosException refused) {
                throw new AssertionError(refused);
            }
            bytes = wire.readOutbound();
        }
        return moved;
    }

    boolean daemonToClient() {
        daemon.flush();
        List<ByteBuf> now = List.copyOf(toClient);
        toClient.clear();
        for (ByteBuf bytes : now) {
            deliver(bytes);
        }
        return !now.isEmpty();
    }

    private void deliver(ByteBuf bytes) {
        while (wire.isOpen() && bytes.isReadable()) {
            int length = Math.max(1, Math.min(bytes.readableBytes(), slice.getAsInt()));
            delivered += length;
            wire.writeInbound(bytes.readRetainedSlice(length));
            loop.run();
        }
        bytes.release();
    }

    /** The client's socket takes bytes again. */
    void goOn() {
        wire.stalled = false;
        wire.flush();
    }

    /** Ends everything and releases what is left. */
    void end() {
        connection.close();
        wire.finishAndReleaseAll();
        toClient.forEach(ByteBuf::release);
        received.forEach(Payload::release);
        daemon.release();
    }

    @Override
    public void onReady(Connection ready) {
        events.add("ready");
    }

    @Override
    public void onMessage(Connection from, Payload message) {
        events.add("message " + message.tid());
        onMessage.accept(connection, message);
    }

    @Override
    public void onWritable(Connection writable) {
        events.add("writable");
    }

    @Override
    public void onClosed(Connection closed, RadosException why) {
        events.add("closed");
        closedBy = why;
    }
}
