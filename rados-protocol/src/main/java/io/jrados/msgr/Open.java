package io.jrados.msgr;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Messages go both ways. The only phase with a state of its own: the counts of messages, and the last acknowledged
 * keepalive.
 */
final class Open implements Phase {
    private final EntityAddr own;
    private final long globalId;
    private final int mode;
    private final long features;

    /** The header of the frame that is made: writing it copies it, and nothing keeps a frame. */
    private final ByteBuf header = Unpooled.buffer(MessageHeader.LENGTH);

    private long sent;
    private long received;
    private Utime keepaliveAck = Utime.ZERO;

    Open(EntityAddr own, long globalId, int mode, long features) {
        this.own = own;
        this.globalId = globalId;
        this.mode = mode;
        this.features = features;
    }

    EntityAddr own() {
        return own;
    }

    long globalId() {
        return globalId;
    }

    int mode() {
        return mode;
    }

    /** CEPH_FEATURE bits of both ends. */
    long features() {
        return features;
    }

    /** The stamp of the last keepalive that came back. */
    Utime keepaliveAck() {
        return keepaliveAck;
    }

    /** The frame of the next message to send, which takes over its segments. Good until the next one is made. */
    Frame frame(Payload message) {
        MessageHeader numbered = MessageHeader.of(message, ++sent, received);
        return ControlFrames.message(numbered, message, header.clear().retain());
    }

    @Override
    public Step on(Frame frame) {
        switch (frame.tag()) {
            case MESSAGE -> {
                return Step.deliver(this, message(frame));
            }
            case KEEPALIVE2 -> {
                return Step.to(
                        this, ControlFrames.keepalive(Tag.KEEPALIVE2_ACK, Utime.decode(new Decoder(frame.header()))));
            }
            case KEEPALIVE2_ACK -> keepaliveAck = Utime.decode(new Decoder(frame.header()));
            // Nothing is kept for sending again: the upper layers do that.
            case ACK -> acknowledged(new Decoder(frame.header()).u64());
            default -> throw unexpected(frame);
        }
        return Step.to(this);
    }

    private Payload message(Frame frame) {
        MessageHeader header = MessageHeader.read(frame.header());
        // Numbers may be left out, by an aborted frame for instance, but never come again.
        if (header.seq() <= received) {
            throw new MalformedException("message " + header.seq() + " after message " + received);
        }
        acknowledged(header.ackSeq());
        received = header.seq();
        return header.with(
                frame.front().retain(), frame.middle().retain(), frame.data().retain());
    }

    private void acknowledged(long seq) {
        if (seq < 0 || seq > sent) {
            throw new MalformedException("an acknowledgement of message " + seq + " of " + sent);
        }
    }

    @Override
    public String awaits() {
        return "messages";
    }
}
