package io.jrados.error;

/** A comparison of bytes found a difference. */
public final class MismatchException extends RadosException {
    private static final long serialVersionUID = 1L;

    private final long offset;

    /**
     * @param doing what was being done, as a participle
     * @param offset of the first byte that differs, from the start of what was compared
     */
    public MismatchException(String doing, long offset) {
        super(Errno.EILSEQ, doing + ", at byte " + offset + " of what was compared");
        this.offset = offset;
    }

    /** Returns the offset of the first byte that differs, from the start of the compared range. */
    public long offset() {
        return offset;
    }

    private MismatchException(MismatchException original) {
        super(original);
        this.offset = original.offset;
    }

    @Override
    public MismatchException copy() {
        return new MismatchException(this);
    }
}
