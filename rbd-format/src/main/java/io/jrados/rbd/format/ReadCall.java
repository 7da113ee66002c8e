package io.jrados.rbd.format;

import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A call of a method of the object class {@code rbd} that reads (src/cls/rbd/cls_rbd.cc).
 *
 * @param method its name
 * @param input its arguments, encoded one after the other
 * @param output reads what it returns; what a newer release appends is stepped over
 */
public record ReadCall<T>(String method, byte[] input, Function<Decoder, T> output) {
    private static final byte[] NOTHING = {};

    static <T> ReadCall<T> of(String method, Function<Decoder, T> output) {
        return new ReadCall<>(method, NOTHING, output);
    }

    static <T> ReadCall<T> of(String method, Consumer<Encoder> input, Function<Decoder, T> output) {
        return new ReadCall<>(method, Encoder.bytesOf(input), output);
    }

    /** Makes this the next part of an operation. */
    public void addTo(ReadOperation operation) {
        operation.exec(WriteCall.OBJECT_CLASS, method, input);
    }

    /**
     * Decodes the output of the call.
     *
     * @param index its position among the operation's parts
     * @param doing what was being done, for the error
     * @throws RadosException EBADMSG if it cannot be read
     */
    public T result(ReadResult results, int index, String doing) throws RadosException {
        try {
            return decode(results.output(index));
        } catch (MalformedException malformed) {
            throw malformed.during(doing);
        }
    }

    /** @throws MalformedException if it cannot be read */
    public T decode(byte[] bytes) {
        try {
            return output.apply(Decoder.of(bytes));
        } catch (MalformedException malformed) {
            throw new MalformedException(method + ": " + malformed.getMessage(), malformed);
        }
    }
}
