package io.jrados.mon;

import io.jrados.conf.Environment;
import io.jrados.conf.Expiry;
import io.jrados.conf.Loop;
import io.jrados.error.DeadlineException;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import io.jrados.error.Waiting;
import io.jrados.wire.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests to the monitors that are not answered: sent again on each new session, in order, with the same tid.
 * Confined to the monitor client's loop.
 */
final class Requests {
    private final Expiry expiry;
    private final Environment environment;
    private final Stage stage;
    private final NavigableMap<Long, Request<?, ?>> byTid = new TreeMap<>();
    private long lastTid;

    /**
     * One question.
     *
     * @param <A> the message that answers
     * @param <T> what the caller gets
     */
    private static final class Request<A, T> {
        final LongFunction<Payload> message;
        final Class<A> answer;
        final BiFunction<A, String, CompletableFuture<T>> result;
        final String doing;
        final CompletableFuture<T> future;
        final long sinceMillis;
        boolean sent;
        Loop.@Nullable Timer deadline;

        Request(
                LongFunction<Payload> message,
                Class<A> answer,
                BiFunction<A, String, CompletableFuture<T>> result,
                String doing,
                CompletableFuture<T> future,
                long sinceMillis) {
            this.message = message;
            this.answer = answer;
            this.result = result;
            this.doing = doing;
            this.future = future;
            this.sinceMillis = sinceMillis;
        }

        /** Whether it was the right kind of answer. */
        boolean complete(Object message) {
            if (!answer.isInstance(message)) {
                return false;
            }
            result.apply(answer.cast(message), doing).whenComplete((value, failure) -> {
                if (failure != null) {
                    future.completeExceptionally(failure);
                } else {
                    future.complete(value);
                }
            });
            return true;
        }
    }

    /** @param stage that all of them wait in */
    Requests(Loop loop, Environment environment, Stage stage) {
        this.expiry = new Expiry(loop, environment);
        this.environment = environment;
        this.stage = stage;
    }

    /**
     * @param message made anew for each sending, of the tid
     * @param result of an answer and what was being done
     * @param why asked at the deadline: what the monitors are doing
     */
    <A, T> long add(
            LongFunction<Payload> message,
            Class<A> answer,
            BiFunction<A, String, CompletableFuture<T>> result,
            String doing,
            Duration deadline,
            Supplier<String> why,
            CompletableFuture<T> future) {
        long tid = ++lastTid;
        Request<A, T> request = new Request<>(message, answer, result, doing, future, environment.wallClockMillis());
        byTid.put(tid, request);
        request.deadline = expiry.after(deadline, () -> {
            if (byTid.remove(tid) != null) {
                future.completeExceptionally(new DeadlineException(
                        doing + ", after waiting " + deadline.toMillis() + " ms for " + stage + ": " + why.get(),
                        request.sent ? DeadlineException.Sent.OUTCOME_UNKNOWN : DeadlineException.Sent.NEVER_SENT,
                        null));
            }
        });
        return tid;
    }

    /** The message of a request that is to be sent now. */
    @Nullable
    Payload sending(long tid) {
        Request<?, ?> request = byTid.get(tid);
        if (request == null) {
            return null;
        }
        request.sent = true;
        return request.message.apply(tid);
    }

    /** @param cause that all of them have in common */
    void explain(Explanation.Builder all, Supplier<String> cause) {
        for (Request<?, ?> request : byTid.values()) {
            all.add(() -> new Waiting(request.doing, stage, Instant.ofEpochMilli(request.sinceMillis), cause.get()));
        }
    }

    List<Long> tids() {
        return new ArrayList<>(byTid.keySet());
    }

    void answered(long tid, Object message) {
        Request<?, ?> request = byTid.get(tid);
        if (request != null && request.complete(message)) {
            byTid.remove(tid);
            if (request.deadline != null) {
                request.deadline.cancel();
            }
        }
    }

    void fail(java.util.function.Function<String, RadosException> why) {
        for (long tid : tids()) {
            Request<?, ?> request = byTid.remove(tid);
            if (request.deadline != null) {
                request.deadline.cancel();
            }
            request.future.completeExceptionally(why.apply(request.doing));
        }
    }
}
