package io.jrados.rbd.wait;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.RadosException;
import io.jrados.error.Receipt;
import io.jrados.rados.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Failures of requests that consist of several operations. The receipt of a request is that of all its operations in
 * doubt, and must not promise more than they do: a request of which a part was never sent cannot be finished.
 */
public final class Outcomes {
    private Outcomes() {}

    /** The steps of a verb. */
    @FunctionalInterface
    public interface Steps {
        void run() throws RadosException;
    }

    /** The steps of a verb, with a result. */
    @FunctionalInterface
    public interface StepsFor<T> {
        T run() throws RadosException;
    }

    /**
     * Runs a verb of several steps. A step that is late fails the verb with an exception that speaks of the whole.
     *
     * @param doing as a participle, with the thing: "creating image p/i"
     */
    public static void verb(String doing, Steps steps) throws RadosException {
        try {
            steps.run();
        } catch (RadosException failed) {
            throw ofVerb(failed, doing);
        }
    }

    /** As {@link #verb}, for a verb with a result. */
    public static <T> T verbFor(String doing, StepsFor<T> steps) throws RadosException {
        try {
            return steps.run();
        } catch (RadosException failed) {
            throw ofVerb(failed, doing);
        }
    }

    /**
     * The failure of a verb of several steps. If a step is in doubt, the receipt can give that step up, but not finish
     * the verb; if a step was never sent, others may have been done.
     */
    static RadosException ofVerb(RadosException failed, String doing) {
        RadosException whole;
        if (isNeverSent(failed)) {
            whole = weaker(doing + ", other steps of which may be done", (DeadlineException) failed);
        } else if (failed instanceof OutcomeUnknownException unknown) {
            RadosException rest =
                    new RadosException(Errno.ECANCELED, doing + ", which ended when a step of it was late");
            whole = new OutcomeUnknownException(
                    doing + ": " + unknown.doing(), Request.of(unknown).and(rest), unknown);
        } else {
            return failed;
        }
        for (Throwable notTakenBack : failed.getSuppressed()) {
            whole.addSuppressed(notTakenBack);
        }
        return whole;
    }

    /** The failure of a request two parts of which failed; of those whose outcome is known, the first. */
    public static Throwable join(@Nullable Throwable first, Throwable next) {
        if (first == null || first == next) {
            return next;
        }
        if (first instanceof OutcomeUnknownException unknown) {
            return new OutcomeUnknownException(
                    unknown.doing(), Request.of(unknown).and(next), first.getCause() == null ? next : first.getCause());
        }
        return next instanceof OutcomeUnknownException ? join(next, first) : first;
    }

    /** The failure of a request whose first step is in doubt, so that what it is about was not sent. */
    public static Throwable early(Throwable why, String step) {
        return why instanceof OutcomeUnknownException unknown
                ? new DeadlineException(
                        step + " before the change: " + unknown.doing(), DeadlineException.Sent.NEVER_SENT, unknown)
                : why;
    }

    /** The failure of a request whose last step was never sent, while what it is about is done. */
    public static Throwable afterwards(Throwable why, String step) {
        return isNeverSent(why) ? weaker(step + " after the change, which is done", (DeadlineException) why) : why;
    }

    /**
     * The failure of a request of several parts. It says that nothing was sent only if that is so of each part.
     *
     * @param touched whether another part was done, or was sent at least
     */
    static Throwable ofParts(Throwable why, boolean touched) {
        return touched && isNeverSent(why)
                ? weaker("doing one part of a request, other parts of which were sent", (DeadlineException) why)
                : why;
    }

    /** Whether a failure says that nothing was sent, and so that nothing has changed. */
    static boolean isNeverSent(Throwable why) {
        return why instanceof DeadlineException late && late.sent() == DeadlineException.Sent.NEVER_SENT;
    }

    /** A failure that says nothing of what was sent. */
    private static DeadlineException weaker(String step, DeadlineException late) {
        return new DeadlineException(step + ": " + late.doing(), DeadlineException.Sent.UNKNOWN, late);
    }

    /** The failure of one operation, whose own result means something else to the request. */
    public static Throwable mapped(Throwable why, Function<RadosException, @Nullable RadosException> meaning) {
        return why instanceof OutcomeUnknownException unknown
                ? new OutcomeUnknownException(
                        unknown.doing(), new Request(List.of(unknown.receipt()), null, meaning), unknown.getCause())
                : why;
    }

    /** The claim on all operations of a request that are in doubt. */
    private record Request(
            List<Receipt> receipts,
            @Nullable Throwable undone,
            Function<RadosException, @Nullable RadosException> meaning)
            implements Receipt {
        static Request of(OutcomeUnknownException unknown) {
            return new Request(List.of(unknown.receipt()), null, failed -> failed);
        }

        Request and(Throwable next) {
            if (!(next instanceof OutcomeUnknownException unknown)) {
                return new Request(receipts, undone == null ? next : undone, meaning);
            }
            List<Receipt> all = new ArrayList<>(receipts);
            all.add(unknown.receipt());
            return new Request(all, undone, meaning);
        }

        private CompletableFuture<Void> all(Function<Receipt, CompletableFuture<Void>> step) {
            return CompletableFuture.allOf(receipts.stream().map(step).toArray(CompletableFuture<?>[]::new));
        }

        @Override
        public CompletableFuture<Void> finishAsync() {
            CompletableFuture<Void> finished = new CompletableFuture<>();
            all(Receipt::finishAsync).whenComplete((done, failed) -> {
                Throwable why = failed == null ? unfinished() : meant(Async.cause(failed));
                if (why == null) {
                    finished.complete(null);
                } else {
                    finished.completeExceptionally(why);
                }
            });
            return finished;
        }

        private @Nullable Throwable meant(Throwable failed) {
            Throwable why = failed instanceof RadosException known ? meaning.apply(known) : failed;
            return why == null ? unfinished() : why;
        }

        /** Parts that failed otherwise are not done by finishing the others. */
        private @Nullable RadosException unfinished() {
            return undone == null
                    ? null
                    : new RadosException(Errno.ECANCELED, "finishing a request, another part of which failed", undone);
        }

        @Override
        public void finish() throws RadosException {
            Wait.on(finishAsync());
        }

        @Override
        public CompletableFuture<Void> abandonAsync() {
            return all(Receipt::abandonAsync);
        }

        @Override
        public void abandon() throws RadosException {
            Wait.on(abandonAsync());
        }

        @Override
        public CompletableFuture<Void> settledAsync() {
            return all(Receipt::settledAsync);
        }
    }
}
