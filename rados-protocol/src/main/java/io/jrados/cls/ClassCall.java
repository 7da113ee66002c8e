package io.jrados.cls;

import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WriteOperation;
import io.jrados.wire.Encoder;
import io.jrados.wire.Struct;
import java.util.function.Consumer;

/**
 * A call of a method of an object class, to be made a part of an operation.
 *
 * @param input its arguments as the class reads them
 */
public record ClassCall(String objectClass, String method, byte[] input) {
    /** A call whose arguments are one versioned struct. */
    static ClassCall of(String objectClass, String method, Struct struct, Consumer<Encoder> arguments) {
        return new ClassCall(objectClass, method, Encoder.bytesOf(out -> out.struct(struct, arguments)));
    }

    /** Makes this the next part of an operation; the method must not write. */
    public ReadOperation addTo(ReadOperation operation) {
        return operation.exec(objectClass, method, input);
    }

    /** Makes this the next part of an operation. */
    public WriteOperation addTo(WriteOperation operation) {
        return operation.exec(objectClass, method, input);
    }
}
