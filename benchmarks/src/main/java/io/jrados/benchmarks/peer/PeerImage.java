package io.jrados.benchmarks.peer;

import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.nio.charset.StandardCharsets;

/** The one image that the peer has, of layering only and without snapshots: what the class {@code rbd} says of it. */
final class PeerImage {
    private static final int CALL = 0x1401;
    private static final int OP = 38;
    private static final int UNION_AT = 6;
    private static final int PAYLOAD_AT = 34;
    private static final long SIZE = 1L << 40;
    private static final int ORDER = 23;
    private static final String ID = "1234567890ab";

    private PeerImage() {}

    /** The outputs of an operation's parts, empty for those that are no class calls. */
    static byte[][] outputs(byte[] ops, byte[] inputs) {
        byte[][] outputs = new byte[ops.length / OP][];
        int at = 0;
        for (int i = 0; i < outputs.length; i++) {
            Decoder op = Decoder.of(ops).skip(i * OP);
            int code = op.u16();
            op.skip(UNION_AT - 2);
            int classLength = op.u8();
            int methodLength = op.u8();
            int length = (int) Decoder.of(ops).skip(i * OP + PAYLOAD_AT).u32();
            outputs[i] = code == CALL
                    ? call(new String(inputs, at + classLength, methodLength, StandardCharsets.US_ASCII))
                    : new byte[0];
            at += length;
        }
        return outputs;
    }

    private static byte[] call(String method) {
        return Encoder.bytesOf(out -> {
            switch (method) {
                case "get_id" -> out.string(ID);
                case "get_size" -> out.u8(ORDER).u64(SIZE);
                case "get_features" -> out.u64(1).u64(1);
                case "get_object_prefix" -> out.string("rbd_data." + ID);
                case "get_data_pool" -> out.u64(-1);
                case "get_snapcontext" -> out.u64(0).u32(0);
                case "parent_get" ->
                    out.struct(1, 1, spec -> spec.u64(-1).string("").string("").u64(-2));
                case "parent_overlap_get" -> out.u8(0);
                case "metadata_list" -> out.u32(0);
                default -> out.u64(0);
            }
        });
    }
}
