package io.jrados.message;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Payload;
import io.jrados.wire.Struct;
import io.netty.buffer.ByteBuf;
import java.util.Optional;

/**
 * The answer of an OSD to an operation: MOSDOpReply (src/messages/MOSDOpReply.h), version 8.
 *
 * @param tid of the operation
 * @param outputs owns the message's data
 * @param redirect the operation belongs elsewhere
 */
public record OsdOpReply(
        long tid, String object, Spg pg, Outcome outcome, OpOutputs outputs, Optional<Redirect> redirect) {
    private static final int VERSION = 8;
    private static final int OP_BYTES = 38;
    private static final int OP_LENGTH_AT = 34;
    private static final int TRACE_BYTES = 24;

    /**
     * The result of the whole operation.
     *
     * @param flags {@link OsdFlags}
     * @param result 0 or more when it succeeded, a negative errno otherwise
     * @param epoch of the OSD's map
     * @param retryAttempt of the request that is answered, -1 if the OSD does not tell
     * @param userVersion the object's version that callers see
     */
    public record Outcome(long flags, int result, long epoch, int retryAttempt, EVersion replay, long userVersion) {}

    /** A version of a placement group's log: eversion_t. */
    public record EVersion(long epoch, long version) {
        private static final int BYTES = 12;

        static EVersion decode(Decoder in) {
            long version = in.u64();
            return new EVersion(in.u32(), version);
        }
    }

    /** The place where the operation belongs: request_redirect_t (src/osd/osd_types.cc). */
    public record Redirect(ObjectLocator locator, String object) {
        private static final Struct STRUCT = new Struct("request_redirect_t", 1, 1, 1);

        static Redirect decode(Decoder in) {
            return in.struct(STRUCT, (body, version) -> new Redirect(ObjectLocator.decode(body), body.string()));
        }
    }

    /** Owns the payload: its data moves into the result, or is released. */
    public static OsdOpReply decode(Payload payload) {
        try {
            if (payload.version() < VERSION || payload.compat() > VERSION) {
                throw new MalformedException("OSD_OP_REPLY version " + payload.version());
            }
            OsdOpReply reply = read(new Decoder(payload.front()), payload.tid(), payload.data());
            payload.data().retain();
            return reply;
        } finally {
            payload.release();
        }
    }

    private static OsdOpReply read(Decoder in, long tid, ByteBuf data) {
        String object = in.string();
        Spg pg = Spg.decodePg(in);
        long flags = in.u64();
        int result = in.i32();
        in.skip(EVersion.BYTES);
        long epoch = in.u32();
        int[] lengths = new int[in.count(OP_BYTES)];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = in.skip(OP_LENGTH_AT).i32();
        }
        int retryAttempt = in.i32();
        int[] codes = new int[lengths.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = in.i32();
        }
        Outcome outcome = new Outcome(flags, result, epoch, retryAttempt, EVersion.decode(in), in.u64());
        Optional<Redirect> redirect = in.optional(Redirect::decode);
        in.skip(TRACE_BYTES);
        return new OsdOpReply(tid, object, pg, outcome, new OpOutputs(codes, lengths, data), redirect);
    }

    public int result() {
        return outcome.result();
    }

    /**
     * Whether the OSD did not even begin, as one does that finds its client on the blocklist (PrimaryLogPG::do_op,
     * src/osd/PrimaryLogPG.cc): the failure is that of no part.
     */
    public boolean isRefused() {
        if (result() >= 0) {
            return false;
        }
        for (int part = 0; part < outputs.count(); part++) {
            if (outputs.code(part) == result()) {
                return false;
            }
        }
        return true;
    }

    /** Releases the data, for a reply that nobody wants. */
    public void release() {
        outputs.release();
    }
}
