package io.jrados.message;

import io.jrados.error.RadosException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;

/** Makes the results that operations read from replies, for pools that are not there. */
public final class Replies {
    private Replies() {}

    /**
     * @param codes of the parts
     * @param outputs of the parts
     */
    public static <R> R result(
            Operation<R> operation, int result, int[] codes, byte[][] outputs, long version, String doing)
            throws RadosException {
        int[] lengths = new int[outputs.length];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = outputs[i].length;
        }
        ByteBuf data = Unpooled.wrappedBuffer(outputs);
        OsdOpReply.Outcome outcome =
                new OsdOpReply.Outcome(0, result, 1, 0, new OsdOpReply.EVersion(1, version), version);
        return operation.result(
                new OsdOpReply(
                        1, "", new Spg(1, 0, -1), outcome, new OpOutputs(codes, lengths, data), Optional.empty()),
                () -> doing);
    }
}
