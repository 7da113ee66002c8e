package io.jrados.message;

import io.jrados.testkit.Golden;
import io.jrados.wire.Decoder;
import io.jrados.wire.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** A message as it was seen on the wire: a whole MESSAGE frame of msgr2.1 in crc mode (tools/goldens/record.py). */
record RecordedMessage(
        String name,
        int type,
        int version,
        int compat,
        long tid,
        int priority,
        byte[] front,
        byte[] middle,
        byte[] data) {
    private static final int MESSAGE = 17;
    private static final int SEGMENTS = 4;
    private static final int PREAMBLE = 32;

    /** @param name {@code <message>/<case>} */
    static RecordedMessage read(String name) {
        Decoder in = Decoder.of(Golden.file(name).bytes());
        int tag = in.u8();
        int used = in.u8();
        int[] lengths = new int[SEGMENTS];
        for (int i = 0; i < SEGMENTS; i++) {
            lengths[i] = (int) in.u32();
            in.skip(2);
        }
        in.skip(PREAMBLE - 2 - 6 * SEGMENTS);
        if (tag != MESSAGE || lengths[0] != 41) {
            throw new AssertionError(name + " is not a message");
        }
        in.skip(8);
        long tid = in.u64();
        int type = in.u16();
        int priority = in.u16();
        int version = in.u16();
        in.skip(4 + 2 + 8 + 1);
        int compat = in.u16();
        in.skip(2 + 4);
        byte[] front = in.raw(lengths[1]);
        byte[] middle = in.raw(lengths[2]);
        byte[] data = in.raw(lengths[3]);
        in.skip(used > 1 ? 13 : 0).expectEnd();
        return new RecordedMessage(name, type, version, compat, tid, priority, front, middle, data);
    }

    Payload payload() {
        return payload(front, data);
    }

    /** With the front cut to its first bytes. */
    Payload cut(int length) {
        return payload(Arrays.copyOf(front, length), data);
    }

    Payload payload(byte[] otherFront, byte[] otherData) {
        return new Payload(type, version, compat, tid, priority, buffer(otherFront), buffer(middle), buffer(otherData));
    }

    /** Counted and watched for leaks, unlike a wrapped array. */
    private static ByteBuf buffer(byte[] bytes) {
        return bytes.length == 0
                ? Unpooled.EMPTY_BUFFER
                : Unpooled.buffer(bytes.length).writeBytes(bytes);
    }

    /** As text, to compare with what was recorded. */
    static String text(Payload payload) {
        return "type " + payload.type() + " version " + payload.version() + " compat " + payload.compat() + " tid "
                + payload.tid() + " priority " + payload.priority() + "\n"
                + ByteBufUtil.hexDump(payload.front()) + "\n" + ByteBufUtil.hexDump(payload.middle()) + "\n"
                + ByteBufUtil.hexDump(payload.data());
    }
}
