package io.jrados.message;

import io.jrados.wire.Decoder;
import io.jrados.wire.Payload;
import io.jrados.wire.Utime;
import java.util.ArrayList;
import java.util.List;

/**
 * The fields of a recorded OSD_OP that differ from one recording to the next, to write the same message with our own
 * code.
 */
record RecordedOsdOp(
        RecordedMessage message,
        OsdOp.Target target,
        ObjectLocator locator,
        String object,
        List<long[]> ops,
        OsdOp.Snaps snaps,
        OsdOp.Attempt attempt) {
    static RecordedOsdOp read(String name) {
        RecordedMessage message = RecordedMessage.read(name);
        Decoder in = Decoder.of(message.front());
        OsdOp.Target target = new OsdOp.Target(Spg.decode(in), in.i32(), in.u32());
        int flags = (int) in.u32();
        in.skip(6 + 9 + 8 + 4); // reqid
        in.skip(24); // trace
        in.skip(4); // incarnation
        Utime modified = Utime.decode(in);
        ObjectLocator locator = ObjectLocator.decode(in);
        String object = in.string();
        List<long[]> ops = new ArrayList<>();
        for (int left = in.u16(); left > 0; left--) {
            in.skip(6);
            ops.add(new long[] {in.u64(), in.u64(), in.u64()});
            in.skip(8);
        }
        OsdOp.Snaps snaps = new OsdOp.Snaps(in.u64(), in.u64(), in.u64s());
        OsdOp.Attempt attempt = new OsdOp.Attempt(flags, in.i32(), modified, in.u64());
        in.expectEnd();
        return new RecordedOsdOp(message, target, locator, object, ops, snaps, attempt);
    }

    /** One of the three numbers of a part. */
    long number(int op, int which) {
        return ops.get(op)[which];
    }

    Decoder data() {
        return Decoder.of(message.data());
    }

    String recorded() {
        Payload payload = message.payload();
        try {
            return RecordedMessage.text(payload);
        } finally {
            payload.release();
        }
    }

    /** The message with an operation of ours. */
    String with(Operation<?> operation) {
        Payload payload = new OsdOp(message.tid(), target, locator, object, operation, snaps, attempt).encode();
        try {
            return RecordedMessage.text(payload);
        } finally {
            payload.release();
        }
    }
}
