package io.jrados.error;

/**
 * A write was sent, and its deadline passed before the answer came: it may have been applied, or may be later. The
 * deadline ended the caller's wait and not the write's life; the receipt says how it ends. The caller's buffers are
 * free.
 */
public final class OutcomeUnknownException extends DeadlineException {
    private static final long serialVersionUID = 1L;

    private final transient Receipt receipt;

    /**
     * @param doing what was being done and what it waited for
     * @param receipt of the write
     */
    public OutcomeUnknownException(String doing, Receipt receipt, Throwable cause) {
        super(doing, Sent.OUTCOME_UNKNOWN, cause);
        this.receipt = receipt;
    }

    /** The claim on the write. It lives in this process only: null in an exception that was serialized. */
    public Receipt receipt() {
        return receipt;
    }

    private OutcomeUnknownException(OutcomeUnknownException original) {
        super(original);
        this.receipt = original.receipt;
    }

    @Override
    public OutcomeUnknownException copy() {
        return new OutcomeUnknownException(this);
    }
}
