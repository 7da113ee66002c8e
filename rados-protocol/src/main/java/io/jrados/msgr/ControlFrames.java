package io.jrados.msgr;

import io.jrados.wire.Encoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.function.Consumer;

/** The frames that a client sends (src/msg/async/frames_v2.h). */
final class ControlFrames {
    private static final long LOSSY = 1;

    private ControlFrames() {}

    static Frame of(Tag tag, Consumer<Encoder> payload) {
        Encoder out = Encoder.heap();
        payload.accept(out);
        return Frame.control(tag, out.take());
    }

    /** @param type of the sender */
    static Frame hello(int type, EntityAddr peer) {
        return of(Tag.HELLO, out -> peer.encode(out.u8(type)));
    }

    static Frame authRequest(int method, List<Integer> modes, byte[] blob) {
        return of(
                Tag.AUTH_REQUEST,
                out -> out.i32(method).list(modes, Encoder::i32).bytes(blob));
    }

    static Frame authRequestMore(byte[] blob) {
        return of(Tag.AUTH_REQUEST_MORE, out -> out.bytes(blob));
    }

    static Frame authSignature(byte[] signature) {
        return of(Tag.AUTH_SIGNATURE, out -> out.raw(signature));
    }

    /** @param methods preferred ones first; none to decline */
    static Frame compressionRequest(List<Compression> methods) {
        return of(Tag.COMPRESSION_REQUEST, out -> out.bool(!methods.isEmpty())
                .list(methods, (element, method) -> element.u32(method.number())));
    }

    /** A lossy client: cookie 0. */
    static Frame clientIdent(EntityAddr own, EntityAddr target, long globalId, long globalSeq) {
        return of(Tag.CLIENT_IDENT, out -> {
            EntityAddr.encodeVector(out, List.of(own));
            target.encode(out);
            out.u64(globalId)
                    .u64(globalSeq)
                    .u64(FeatureBits.OFFERED)
                    .u64(FeatureBits.REQUIRED)
                    .u64(LOSSY)
                    .u64(0);
        });
    }

    /** @param tag KEEPALIVE2 or KEEPALIVE2_ACK, which repeats the stamp */
    static Frame keepalive(Tag tag, Utime stamp) {
        return of(tag, stamp::encode);
    }

    /** Takes over the message's segments. */
    static Frame message(MessageHeader header, Payload message) {
        return message(header, message, Unpooled.buffer(MessageHeader.LENGTH));
    }

    /** The same, with a buffer for the header, which it takes over too. */
    static Frame message(MessageHeader header, Payload message, ByteBuf bytes) {
        header.write(bytes);
        return new Frame(Tag.MESSAGE, bytes, message.front(), message.middle(), message.data());
    }
}
