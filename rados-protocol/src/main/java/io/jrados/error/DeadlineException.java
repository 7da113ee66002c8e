package io.jrados.error;

/**
 * A deadline passed. Says what was waited for, and whether the request may have had an effect; a write that was sent
 * ends as the subclass {@link OutcomeUnknownException}, with a receipt.
 */
public sealed class DeadlineException extends RadosException permits OutcomeUnknownException {
    private static final long serialVersionUID = 1L;

    /** The knowledge about a request that ran out of time. */
    public enum Sent {
        /** The request never left this process: it had no effect. */
        NEVER_SENT,
        /** The request was sent and not answered: it may still be applied. */
        OUTCOME_UNKNOWN,
        /** Nothing can be told of the request. */
        UNKNOWN
    }

    private final Sent sent;

    /** @param doing what was being done and what it waited for */
    public DeadlineException(String doing, Sent sent, Throwable cause) {
        super(Errno.ETIMEDOUT, plain(doing) + suffix(sent), cause);
        this.sent = sent;
    }

    private static String suffix(Sent sent) {
        return switch (sent) {
            case NEVER_SENT -> " (never sent)";
            case OUTCOME_UNKNOWN -> " (sent, outcome unknown)";
            case UNKNOWN -> "";
        };
    }

    /**
     * Returns the text of another exception of this kind about its own request, without what it knows of the outcome.
     */
    private static String plain(String doing) {
        for (Sent known : Sent.values()) {
            if (!suffix(known).isEmpty() && doing.endsWith(suffix(known))) {
                return doing.substring(0, doing.length() - suffix(known).length());
            }
        }
        return doing;
    }

    /** Whether the request may have had an effect. */
    public Sent sent() {
        return sent;
    }

    DeadlineException(DeadlineException original) {
        super(original);
        this.sent = original.sent;
    }

    @Override
    public DeadlineException copy() {
        return new DeadlineException(this);
    }
}
