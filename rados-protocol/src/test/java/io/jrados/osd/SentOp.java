package io.jrados.osd;

import io.jrados.message.HObject;
import io.jrados.message.ObjectLocator;
import io.jrados.message.OpCode;
import io.jrados.message.OsdFlags;
import io.jrados.message.Spg;
import io.jrados.osd.op.SnapContext;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Payload;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** An operation as an OSD reads it: MOSDOp version 8 (src/messages/MOSDOp.h). */
record SentOp(
        long tid,
        Spg group,
        int hash,
        long epoch,
        long flags,
        ObjectLocator locator,
        String object,
        List<Part> parts,
        List<Long> snaps,
        int attempt,
        Utime modified,
        List<Byte> data) {
    static final int TYPE = 42;
    private static final Struct REDIRECT = new Struct("request_redirect_t", 1, 1, 1);
    private static final Struct OTEL = new Struct("jspan_context", 1, 1, 1);
    private static final Struct REQID = new Struct("osd_reqid_t", 2, 2, 2);

    /** One part; the union's first two numbers. */
    record Part(OpCode code, long first, long second, long third) {}

    static SentOp read(Payload payload) {
        Decoder in = new Decoder(payload.front().duplicate());
        Spg group = Spg.decode(in);
        int hash = in.i32();
        long epoch = in.u32();
        long flags = in.u32();
        in.struct(REQID, (body, version) -> body.skip(body.remaining()));
        in.skip(24);
        if (payload.version() >= 9) {
            in.struct(OTEL, (body, version) -> body.bool());
        }
        in.skip(4);
        Utime modified = Utime.decode(in);
        ObjectLocator locator = ObjectLocator.decode(in);
        String object = in.string();
        List<Part> parts = new ArrayList<>();
        int count = in.u16();
        for (int i = 0; i < count; i++) {
            parts.add(part(in));
        }
        in.skip(16);
        List<Long> snaps = in.list(8, Decoder::u64);
        int attempt = in.i32();
        List<Byte> data = new ArrayList<>();
        payload.data().forEachByte(data::add);
        return new SentOp(
                payload.tid(), group, hash, epoch, flags, locator, object, parts, snaps, attempt, modified, data);
    }

    private static Part part(Decoder in) {
        int number = in.u16();
        OpCode code = Arrays.stream(OpCode.values())
                .filter(known -> known.number() == number)
                .findFirst()
                .orElseThrow();
        in.skip(4);
        Part part = new Part(code, in.u64(), in.u64(), in.u64());
        in.skip(8);
        return part;
    }

    /** The object's place in its group. */
    HObject place() {
        return new HObject("", object, SnapContext.HEAD, hash, false, locator.namespace(), locator.pool());
    }

    /** An answer whose parts all have the same result and no output. */
    Payload reply(int result) {
        return reply(result, new byte[0]);
    }

    /** An answer of an OSD that did not begin with any part. */
    Payload refusal(int result) {
        return reply(result, new byte[0], attempt, none -> none.u8(0), 0);
    }

    /** An answer whose first part has an output. */
    Payload reply(int result, byte[] output) {
        return reply(result, output, attempt);
    }

    /** The object is elsewhere. */
    Payload redirect(ObjectLocator where, String name) {
        return reply(0, new byte[0], attempt, redirect -> {
            redirect.u8(1).struct(REDIRECT, body -> {
                where.encode(body);
                body.string(name).u32(0);
            });
        });
    }

    private Payload reply(int result, byte[] output, int answeredAttempt) {
        return reply(result, output, answeredAttempt, none -> none.u8(0));
    }

    private Payload reply(int result, byte[] output, int answeredAttempt, Consumer<Encoder> redirect) {
        return reply(result, output, answeredAttempt, redirect, Math.min(result, 0));
    }

    private Payload reply(int result, byte[] output, int answeredAttempt, Consumer<Encoder> redirect, int codeOfParts) {
        Encoder front = Encoder.heap();
        front.string(object).u8(1).u64(group.pool()).i32(group.seed()).i32(-1);
        front.u64(OsdFlags.ONDISK).i32(result).u64(0).u32(0).u32(epoch).u32(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            front.zeroes(34).u32(i == 0 ? output.length : 0);
        }
        front.i32(answeredAttempt);
        parts.forEach(part -> front.i32(codeOfParts));
        front.u64(0).u32(0).u64(7);
        redirect.accept(front);
        front.zeroes(24);
        ByteBuf data = Unpooled.wrappedBuffer(output);
        return new Payload(43, 8, 2, tid, Payload.DEFAULT_PRIORITY, front.take(), Unpooled.EMPTY_BUFFER, data);
    }
}
