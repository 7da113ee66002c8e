package io.jrados.message;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import java.util.function.Function;

/** The fields that all messages have in common. */
final class Body {
    /** Length of the fields that {@link #paxos} writes. */
    static final int PAXOS = 18;

    private Body() {}

    /** Reads the front, stepping over what a newer sender appended, and releases the payload. */
    static <T> T read(Payload payload, MessageType type, int oldest, Function<Decoder, T> reader) {
        try {
            if (payload.version() < oldest || payload.compat() > type.version()) {
                throw new MalformedException(
                        type + " version " + payload.version() + ", compat " + payload.compat() + " is not readable");
            }
            return reader.apply(new Decoder(payload.front()));
        } finally {
            payload.release();
        }
    }

    /** A copy of the data. */
    static byte[] data(Payload payload) {
        return ByteBufUtil.getBytes(payload.data());
    }

    static ByteBuf front(Consumer<Encoder> writer) {
        Encoder out = Encoder.heap();
        writer.accept(out);
        return out.take();
    }

    static ByteBuf data(byte[] bytes) {
        return bytes.length == 0 ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes);
    }

    /** The fields in front of many monitor messages (src/messages/PaxosServiceMessage.h). */
    static Encoder paxos(Encoder out) {
        return paxos(out, 0);
    }

    /** @param version that the monitor must have itself before it answers */
    static Encoder paxos(Encoder out, long version) {
        return out.u64(version).u16(-1).u64(0);
    }

    static Decoder skipPaxos(Decoder in) {
        return in.skip(PAXOS);
    }
}
