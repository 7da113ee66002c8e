package io.jrados.rbd.format;

import io.jrados.osd.op.WriteOperation;
import io.jrados.wire.Encoder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * A call of a method of the object class {@code rbd} that writes (src/cls/rbd/cls_rbd.cc).
 *
 * @param method its name
 * @param input its arguments, encoded one after the other
 * @param data the end of the arguments, borrowed until the operation completes
 */
public record WriteCall(String method, byte[] input, List<ByteBuffer> data) {
    /** The name of the object class. */
    public static final String OBJECT_CLASS = "rbd";

    private static final byte[] NOTHING = {};

    WriteCall(String method, byte[] input) {
        this(method, input, List.of());
    }

    static WriteCall of(String method) {
        return new WriteCall(method, NOTHING);
    }

    static WriteCall of(String method, Consumer<Encoder> input) {
        return new WriteCall(method, Encoder.bytesOf(input));
    }

    /** Makes this the next part of an operation. */
    public void addTo(WriteOperation operation) {
        operation.exec(OBJECT_CLASS, method, input, data);
    }
}
