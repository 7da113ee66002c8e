package io.jrados.msgr;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import java.util.List;

/**
 * The ends agree whether frames may be compressed from here on. Asked whenever both know of it, if only to decline
 * (src/msg/async/ProtocolV2.cc, send_compression_request).
 */
record Compress(Terms terms, EntityAddr own, long globalId, int mode) implements Phase {
    static Step begin(Terms terms, EntityAddr own, long globalId, int mode) {
        return Step.to(new Compress(terms, own, globalId, mode), ControlFrames.compressionRequest(terms.compression()));
    }

    @Override
    public Step on(Frame frame) {
        if (frame.tag() != Tag.COMPRESSION_DONE) {
            throw unexpected(frame);
        }
        Decoder in = new Decoder(frame.header());
        boolean compresses = in.bool();
        long method = in.u32();
        Step next = Identify.begin(terms, own, globalId, mode);
        if (!compresses) {
            return next;
        }
        Compression chosen = Compression.of(method);
        List<Compression> offered = terms.compression();
        if (!offered.contains(chosen)) {
            throw new MalformedException("compression by " + chosen + ", which was not offered");
        }
        return next.compressed(chosen);
    }

    @Override
    public String awaits() {
        return "COMPRESSION_DONE";
    }
}
