package io.jrados.osd.op;

import io.jrados.message.Op;
import java.util.List;

/** The decoded results of an operation's parts. */
final class PartResults {
    /** Stands for the value of a part that failed and was allowed to. */
    static final Object FAILED = new Object();

    /** The output of most parts. */
    static final byte[] NOTHING = {};

    private final List<Op> ops;
    private final int[] codes;
    private final Object[] values;

    PartResults(List<Op> ops, int[] codes, Object[] values) {
        this.ops = ops;
        this.codes = codes;
        this.values = values;
    }

    int code(int index) {
        return codes[index];
    }

    <T> T value(int index, Class<T> type) {
        Object value = values[index];
        if (value == FAILED) {
            throw new IllegalStateException("part " + index + ", " + ops.get(index) + ", failed with " + codes[index]);
        }
        if (!type.isInstance(value)) {
            throw new IllegalStateException(
                    "part " + index + ", " + ops.get(index) + ", does not return a " + type.getSimpleName());
        }
        return type.cast(value);
    }
}
