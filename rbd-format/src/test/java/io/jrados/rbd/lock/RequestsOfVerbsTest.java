package io.jrados.rbd.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.Environment;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.QuiesceHook;
import io.jrados.testkit.Covers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Verbs asked of the lock's owner, verbs done as the owner, and holding still, with a clock driven by hand. */
class RequestsOfVerbsTest {
    private static final RequestId ID = new RequestId(new ClientId(4, 40), 1);
    private static final NotifyMessage FLATTEN = new NotifyMessage.Request(NotifyOp.FLATTEN, ID);

    private final HandLoop loop = new HandLoop();
    private final List<CompletableFuture<Integer>> asked = new ArrayList<>();
    private final RemoteRequests remote =
            new RemoteRequests(loop, Environment.system(), Duration.ofSeconds(30), message -> {
                CompletableFuture<Integer> answer = new CompletableFuture<>();
                asked.add(answer);
                return answer;
            });

    private final List<CompletableFuture<Void>> begun = new ArrayList<>();
    private final List<NotifyMessage> told = new ArrayList<>();
    private final List<Progress> progresses = new ArrayList<>();
    private final CompletableFuture<Void> heard = new CompletableFuture<>();
    private final ServedRequests served = new ServedRequests(
            (request, progress) -> {
                if (request instanceof NotifyMessage.Sparsify) {
                    return Optional.empty();
                }
                CompletableFuture<Void> verb = new CompletableFuture<>();
                begun.add(verb);
                progresses.add(progress);
                return Optional.of(verb);
            },
            message -> {
                told.add(message);
                return heard;
            });

    private CompletableFuture<RemoteRequests.End> ask(Progress progress) {
        CompletableFuture<RemoteRequests.End> done = remote.askAsync(ID, FLATTEN, progress);
        loop.run();
        return done;
    }

    private static RemoteRequests.End said(int result) {
        return new RemoteRequests.End(result, false);
    }

    /** Begun, and then no word. */
    private static RemoteRequests.End silent(Errno errno) {
        return new RemoteRequests.End(-errno.number(), true);
    }

    private void answer(int result) {
        asked.get(asked.size() - 1).complete(result);
        loop.run();
    }

    @Test
    @Covers({"H84", "H74"})
    void aVerbEndsWhenItsOwnerSaysSoEvenBeforeItHasAnswered() {
        CompletableFuture<RemoteRequests.End> first = ask(Progress.NONE);
        answer(0);
        assertThat(first).isNotDone();
        remote.completed(ID, -Errno.EBUSY.number());
        loop.run();
        assertThat(first).isCompletedWithValue(said(-Errno.EBUSY.number()));

        CompletableFuture<RemoteRequests.End> second = ask(Progress.NONE);
        remote.completed(ID, 0);
        loop.run();
        assertThat(second).isCompletedWithValue(said(0));
        answer(-Errno.EINVAL.number());
        assertThat(second).isCompletedWithValue(said(0));
    }

    @Test
    @Covers({"H84", "H73"})
    void progressIsASignOfLife() {
        List<Long> reports = new ArrayList<>();
        CompletableFuture<RemoteRequests.End> done = ask((at, total) -> reports.add(at));
        answer(0);
        for (long at = 1; at <= 3; at++) {
            loop.advance(Duration.ofSeconds(29));
            remote.progressed(ID, at, 10);
            remote.progressed(ID, at - 1, 10);
            loop.run();
        }
        assertThat(reports).as("never decreasing").containsExactly(1L, 2L, 3L);
        assertThat(done).isNotDone();
        loop.advance(Duration.ofSeconds(30));
        assertThat(done).isCompletedWithValue(silent(Errno.ETIMEDOUT));
    }

    @Test
    @Covers("H84")
    void anotherOwnerMeansAskingAgain() {
        CompletableFuture<RemoteRequests.End> done = ask(Progress.NONE);
        answer(0);
        remote.askAgain();
        loop.run();
        assertThat(done).isCompletedWithValue(silent(Errno.EOLDSNAPC));
        CompletableFuture<RemoteRequests.End> refused = ask(Progress.NONE);
        answer(-Errno.EOPNOTSUPP.number());
        assertThat(refused).isCompletedWithValue(said(-Errno.EOPNOTSUPP.number()));
        CompletableFuture<RemoteRequests.End> failed = ask(Progress.NONE);
        asked.get(asked.size() - 1).completeExceptionally(new RadosException(Errno.EIO, "notifying"));
        loop.run();
        assertThat(failed).isCompletedExceptionally();
        assertThat(loop.time.scheduled()).as("no timer is left").isZero();
    }

    @Test
    @Covers({"H84", "H74"})
    void aRepeatedRequestIsDoneOnce() {
        assertThat(served.begin(ID, FLATTEN)).isZero();
        assertThat(served.begin(ID, FLATTEN)).isZero();
        assertThat(begun).hasSize(1);
        begun.get(0).completeExceptionally(RadosException.of(Errno.EINVAL, "flattening"));
        assertThat(told).containsExactly(new NotifyMessage.AsyncComplete(ID, -Errno.EINVAL.number()));
        assertThat(served.begin(ID, FLATTEN)).as("after its end").isEqualTo(-Errno.EINVAL.number());
        assertThat(begun).hasSize(1);
        RequestId next = new RequestId(ID.client(), 2);
        assertThat(served.begin(next, FLATTEN)).isZero();
        assertThat(begun).hasSize(2);
    }

    @Test
    @Covers("H84")
    void whoAsksAgainForWhatWentWellIsToldOfItsEndAgain() {
        served.begin(ID, FLATTEN);
        begun.get(0).complete(null);
        assertThat(told).containsExactly(new NotifyMessage.AsyncComplete(ID, 0));
        assertThat(served.begin(ID, FLATTEN)).as("as if it had begun").isZero();
        assertThat(told)
                .containsExactly(new NotifyMessage.AsyncComplete(ID, 0), new NotifyMessage.AsyncComplete(ID, 0));
        assertThat(begun).hasSize(1);
    }

    @Test
    @Covers({"H82", "H69"})
    void whatIsNotKnownIsRefusedSoThatTheOtherDoesItItself() {
        assertThat(served.begin(ID, new NotifyMessage.Sparsify(ID, 4096))).isEqualTo(-Errno.EOPNOTSUPP.number());
        assertThat(served.begin(ID, FLATTEN)).as("it is not remembered").isZero();
    }

    @Test
    @Covers("H84")
    void thereIsALimit() {
        for (int i = 0; i < ServedRequests.MAX_UNDER_WAY; i++) {
            assertThat(served.begin(new RequestId(ID.client(), i), FLATTEN)).isZero();
        }
        assertThat(served.begin(new RequestId(ID.client(), 999), FLATTEN)).isEqualTo(-Errno.EAGAIN.number());
    }

    @Test
    @Covers("H73")
    void progressIsToldWhenTheReportBeforeHasBeenHeard() {
        served.begin(ID, FLATTEN);
        progresses.get(0).report(1, 10);
        progresses.get(0).report(2, 10);
        assertThat(told).containsExactly(new NotifyMessage.AsyncProgress(ID, 1, 10));
        heard.complete(null);
        progresses.get(0).report(3, 10);
        assertThat(told).endsWith(new NotifyMessage.AsyncProgress(ID, 3, 10));
    }

    @Test
    @Covers({"H44", "H75"})
    void whoHoldsStillGoesOnAtTheEndOrWhenItIsForgotten() {
        List<String> events = new ArrayList<>();
        QuiesceHooks hooks = new QuiesceHooks(loop, Runnable::run);
        assertThat(hooks.quiesce(ID)).as("nobody is there").isEmpty();
        hooks.add(new QuiesceHook() {
            @Override
            public void quiesce() {
                events.add("still");
            }

            @Override
            public void unquiesce() {
                events.add("on");
            }
        });
        assertThat(hooks.quiesce(ID)).hasValue(0);
        assertThat(hooks.quiesce(ID)).as("a repetition").hasValue(0);
        hooks.unquiesce(ID);
        hooks.unquiesce(ID);
        assertThat(events).containsExactly("still", "on");
        RequestId forgotten = new RequestId(ID.client(), 2);
        hooks.quiesce(forgotten);
        loop.advance(Duration.ofSeconds(9));
        hooks.quiesce(forgotten);
        loop.advance(Duration.ofSeconds(9));
        assertThat(events).containsExactly("still", "on", "still");
        loop.advance(Duration.ofSeconds(1));
        assertThat(events).containsExactly("still", "on", "still", "on");
    }
}
