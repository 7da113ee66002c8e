package io.jrados.message;

import io.jrados.wire.Encoder;
import io.jrados.wire.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/** Writes replies as an OSD does, for tests. */
public final class Replies {
    /** A part's result and output. */
    public record Part(int code, byte[] output) {}

    private Replies() {}

    public static Part part(int code, byte... output) {
        return new Part(code, output);
    }

    /** Returns the output of a recorded reply's part. */
    public static byte[] recorded(String name, int part) {
        OsdOpReply reply =
                OsdOpReply.decode(RecordedMessage.read("osd_op_reply/" + name).payload());
        try {
            return ByteBufUtil.getBytes(reply.outputs().output(part));
        } finally {
            reply.release();
        }
    }

    public static OsdOpReply reply(int result, Part... parts) {
        return OsdOpReply.decode(payload(result, parts));
    }

    public static Payload payload(int result, Part... parts) {
        Encoder front = Encoder.heap();
        front.string("object").u8(1).u64(1).u32(7).i32(-1).u64(OsdFlags.ONDISK).i32(result);
        front.u64(0).u32(0).u32(12).u32(parts.length);
        ByteBuf data = Unpooled.buffer();
        for (Part part : parts) {
            front.zeroes(34).u32(part.output.length);
            data.writeBytes(part.output);
        }
        front.i32(0);
        for (Part part : parts) {
            front.i32(part.code);
        }
        front.u64(99).u32(11).u64(42).u8(0).zeroes(24);
        return new Payload(43, 8, 2, 5, Payload.DEFAULT_PRIORITY, front.take(), Unpooled.EMPTY_BUFFER, data);
    }
}
