package io.jrados.osd.op;

/** The results of a {@link WriteOperation}'s parts; {@code index} is the number of a part. */
public final class WriteResult {
    private final PartResults results;
    private final long version;

    WriteResult(PartResults results, long version) {
        this.results = results;
        this.version = version;
    }

    /** The part's own result: 0 or more, or the negative errno of one that was allowed to fail. */
    public int code(int index) {
        return results.code(index);
    }

    /** The object's version after the write. */
    public long version() {
        return version;
    }

    /** The output of a part when {@link WriteOperation#returnOutputs()} was asked for, else empty. Not copied. */
    public byte[] output(int index) {
        return results.value(index, byte[].class);
    }
}
