package io.jrados.rbd.wait;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.RadosException;
import io.jrados.error.Receipt;
import io.jrados.testkit.Covers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A request's receipt promises no more than the operations of the request do. */
@Timeout(60)
class OutcomesTest {
    /** One operation in doubt, whose end a test decides. */
    private record Part(CompletableFuture<Void> finishAsync, CompletableFuture<Void> abandonAsync) implements Receipt {
        Part() {
            this(new CompletableFuture<>(), new CompletableFuture<>());
        }

        OutcomeUnknownException failure() {
            return new OutcomeUnknownException("writing object a", this, null);
        }

        @Override
        public void finish() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void abandon() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> settledAsync() {
            return finishAsync;
        }
    }

    /** In the place of a failure: there is none. */
    private static final RadosException DONE = new RadosException(Errno.EIO, "success");

    private final Part one = new Part();
    private final Part two = new Part();
    private final RadosException definite = new RadosException(Errno.EIO, "writing object b");

    private static Receipt receipt(CompletableFuture<?> request) {
        assertThat(request).isCompletedExceptionally();
        return ((OutcomeUnknownException)
                        request.handle((done, failed) -> Async.cause(failed)).join())
                .receipt();
    }

    private static CompletableFuture<Void> all(RadosException... failures) {
        All all = new All();
        for (RadosException failure : failures) {
            CompletableFuture<Void> part = new CompletableFuture<>();
            end(part, failure);
            all.add(part);
        }
        return all.seal();
    }

    @Test
    void aRequestIsFinishedWhenAllItsPartsAre() {
        CompletableFuture<Void> finished =
                receipt(all(one.failure(), two.failure())).finishAsync();
        one.finishAsync().complete(null);
        assertThat(finished).isNotDone();
        two.finishAsync().complete(null);
        assertThat(finished).isCompleted();
    }

    @Test
    void aRequestIsAbandonedWhenAllItsPartsAre() {
        CompletableFuture<Void> abandoned =
                receipt(all(one.failure(), two.failure())).abandonAsync();
        two.abandonAsync().complete(null);
        assertThat(abandoned).isNotDone();
        one.abandonAsync().complete(null);
        assertThat(abandoned).isCompleted();
    }

    @Test
    void aPartThatFailedForSureIsNotDoneByFinishingTheOthers() {
        for (Receipt receipt :
                new Receipt[] {receipt(all(one.failure(), definite)), receipt(all(definite, one.failure()))}) {
            one.finishAsync().complete(null);
            assertThatThrownBy(receipt.finishAsync()::join)
                    .cause()
                    .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                            .isEqualTo(Errno.ECANCELED))
                    .hasCause(definite);
        }
    }

    @Test
    void theReceiptOfAVerbCannotFinishIt() {
        RadosException failed = Outcomes.ofVerb(one.failure(), "setting the size of image a");
        Receipt receipt = receipt(CompletableFuture.failedFuture(failed));
        one.finishAsync().complete(null);
        assertThatThrownBy(receipt.finishAsync()::join)
                .cause()
                .isInstanceOfSatisfying(
                        RadosException.class, left -> assertThat(left.errno()).isEqualTo(Errno.ECANCELED));
        one.abandonAsync().complete(null);
        assertThat(receipt.abandonAsync()).isCompleted();
        assertThat(Outcomes.ofVerb(definite, "setting the size of image a")).isSameAs(definite);
    }

    private final DeadlineException unsent =
            new DeadlineException("writing object c", DeadlineException.Sent.NEVER_SENT, null);

    /** Requests of a sweep that are under way at the same time, and end so. */
    private static CompletableFuture<Void> sweep(RadosException... failures) {
        List<CompletableFuture<Void>> parts = new ArrayList<>();
        CompletableFuture<Void> swept = new Sweep<>(
                        failures.length, List.of(failures).iterator(), failure -> {
                            parts.add(new CompletableFuture<>());
                            return parts.get(parts.size() - 1);
                        })
                .start();
        for (int i = 0; i < failures.length; i++) {
            end(parts.get(i), failures[i]);
        }
        return swept;
    }

    private static void end(CompletableFuture<Void> part, RadosException failure) {
        if (failure == DONE) {
            part.complete(null);
        } else {
            part.completeExceptionally(failure);
        }
    }

    private static DeadlineException late(CompletableFuture<?> request) {
        assertThat(request).isCompletedExceptionally();
        return (DeadlineException)
                request.handle((done, failed) -> Async.cause(failed)).join();
    }

    /** A discard of two objects, one of which was gone, said that it had no effect. */
    @Test
    @Covers("K19")
    void aRequestWithAPartThatWasSentIsNotCalledNeverSent() {
        for (CompletableFuture<Void> touched : List.of(
                sweep(DONE, unsent),
                sweep(unsent, DONE),
                sweep(unsent, definite),
                all(unsent, definite),
                all(unsent, DONE))) {
            assertThat(late(touched).sent()).isEqualTo(DeadlineException.Sent.UNKNOWN);
        }
        assertThat(late(all(unsent, unsent)).sent()).isEqualTo(DeadlineException.Sent.NEVER_SENT);
        assertThat(late(sweep(unsent, unsent)).sent()).isEqualTo(DeadlineException.Sent.NEVER_SENT);
    }

    @Test
    @Covers("K19")
    void aVerbOfWhichAStepWasNeverSentMayHaveDoneOthers() {
        assertThat(Outcomes.ofVerb(unsent, "renaming image a"))
                .isInstanceOfSatisfying(DeadlineException.class, late -> assertThat(late.sent())
                        .isEqualTo(DeadlineException.Sent.UNKNOWN))
                .hasMessageStartingWith("renaming image a")
                .hasMessageContaining("writing object c");
    }

    @Test
    void whatAVerbCouldNotTakeBackIsToldWithItsFailure() {
        OutcomeUnknownException failed = one.failure();
        failed.addSuppressed(definite);
        assertThat(Outcomes.ofVerb(failed, "creating image a")).hasSuppressedException(definite);
    }

    @Test
    void whatFollowsAStepInDoubtWasNeverSent() {
        assertThat(Outcomes.early(one.failure(), "updating the object map"))
                .isNotInstanceOf(OutcomeUnknownException.class)
                .isInstanceOfSatisfying(DeadlineException.class, late -> assertThat(late.sent())
                        .isEqualTo(DeadlineException.Sent.NEVER_SENT));
        assertThat(Outcomes.early(definite, "updating the object map")).isSameAs(definite);
    }

    @Test
    void aLateResultMeansWhatItMeansToTheChange() {
        Throwable mapped = Outcomes.mapped(one.failure(), late -> late.errno() == Errno.ENOENT ? null : late);
        one.finishAsync().completeExceptionally(RadosException.of(Errno.ENOENT, "deleting object a"));
        assertThat(receipt(CompletableFuture.failedFuture(mapped)).finishAsync())
                .as("what was to be deleted need not be there")
                .isCompleted();
    }

    @Test
    void theOutcomeIsToldOnceHoweverOftenAFailureIsPassedOn() {
        Throwable joined = Outcomes.join(Outcomes.mapped(one.failure(), meant -> meant), two.failure());
        assertThat(joined)
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessage("writing object a (sent, outcome unknown): timed out (ETIMEDOUT)");
    }
}
