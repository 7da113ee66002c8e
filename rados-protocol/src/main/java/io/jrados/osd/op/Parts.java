package io.jrados.osd.op;

import io.jrados.error.MalformedException;
import io.jrados.message.Loan;
import io.jrados.message.Op;
import io.jrados.message.OpCode;
import io.jrados.message.OpOutputs;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The parts that an operation collects, and for each what its output means. Frozen once it is submitted. */
final class Parts {
    private final List<Op> ops = new ArrayList<>(2);
    private final List<Output> outputs = new ArrayList<>(2);
    private boolean frozen;

    void add(Op op, Output output) {
        if (frozen) {
            throw new IllegalStateException("the operation was submitted: make another one");
        }
        ops.add(op);
        outputs.add(output);
    }

    void add(Op op) {
        add(op, Output.RAW);
    }

    /** Sets CEPH_OSD_OP_FLAG_* bits on the last part. */
    void flagLast(int flags) {
        if (frozen || ops.isEmpty()) {
            throw new IllegalStateException(frozen ? "the operation was submitted" : "no part to flag yet");
        }
        int last = ops.size() - 1;
        ops.set(last, ops.get(last).withFlags(flags));
    }

    List<Op> freeze() {
        frozen = true;
        return ops;
    }

    /** @param loan told of what is lent; null if nothing is */
    PartResults results(OpOutputs from, @Nullable Loan loan) {
        int[] codes = new int[ops.size()];
        Object[] values = new Object[codes.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = from.code(i);
            if (codes[i] < 0 && (ops.get(i).flags() & Op.FAILOK) == 0) {
                throw new MalformedException("part " + i + ", " + ops.get(i) + ", failed with " + codes[i]
                        + " in a reply that tells success");
            }
            values[i] = codes[i] < 0 ? PartResults.FAILED : outputs.get(i).read(from.output(i));
            if (loan != null && values[i] instanceof CompletableFuture<?> use) {
                loan.used(use);
            }
        }
        return new PartResults(ops, codes, values);
    }

    void compareExtent(long offset, ByteBuffer data) {
        checkRange(offset, data.remaining());
        add(Op.data(OpCode.CMPEXT, offset, data));
    }

    void compareOmap(String key, Comparison how, byte[] value) {
        add(Op.encoded(
                OpCode.OMAP_CMP,
                out -> out.map(Map.of(key, value), (element, k) -> element.string(k), (element, v) -> element.bytes(v)
                        .i32(how.number()))));
    }

    /** Refuses a negative argument, by its name. */
    static void checkNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + ": " + value);
        }
    }

    /** Refuses negative offsets and lengths and ends that overflow. */
    static void checkRange(long offset, long length) {
        if (offset < 0 || length < 0 || offset + length < 0) {
            throw new IllegalArgumentException("not a range: offset " + offset + ", length " + length);
        }
    }
}
