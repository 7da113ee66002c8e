package io.jrados.rbd.lock;

import io.jrados.conf.Loop;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The wait for a lock that another client has: its owner is asked, and asked again when nothing comes of it
 * (src/librbd/ImageWatcher.cc, notify_request_lock). Belongs to the lock's loop.
 */
final class AskOwner {
    /** Between two requests when the first could not be made, and before a lock is tried that no owner answers for. */
    static final Duration RETRY = Duration.ofSeconds(1);

    private static final Duration NO_OWNER_RETRY = Duration.ofMillis(100);

    private final Loop loop;
    private final Supplier<CompletableFuture<Integer>> ask;
    private final LockSettings settings;
    private final Asking asking;
    private boolean silent;
    private volatile String state = "";
    private int round;
    private Loop.@Nullable Timer next;
    private Loop.@Nullable Timer silence;

    /** The lock that is waited for. */
    interface Asking {
        /** Whether it is still waited for. */
        boolean isWaiting();

        /** Tries the lock again: it may be free, or its owner dead. */
        void tryAgain();

        /** Its owner keeps it. */
        void ownerKeepsIt();

        /** Its owner has said nothing for long; see {@link AskOwner#isSilent}. */
        void ownerIsSilent();

        /** This client can do nothing in this cluster any more. */
        void isFinal(RadosException why);
    }

    AskOwner(Loop loop, Supplier<CompletableFuture<Integer>> ask, LockSettings settings, Asking asking) {
        this.loop = loop;
        this.ask = ask;
        this.settings = settings;
        this.asking = asking;
    }

    /** Returns a clause that says how the asking goes. Any thread. */
    String state() {
        return state;
    }

    void begin() {
        state = "is being asked for it";
        watchSilence();
        request();
    }

    /** Nothing is pending any more; a sign of life that was missed still is. */
    void pause() {
        round++;
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    /** Ends the wait. */
    void end() {
        pause();
        stopSilence();
        silent = false;
    }

    boolean isSilent() {
        return silent;
    }

    private void request() {
        int mine = ++round;
        ask.get()
                .whenComplete((answer, failed) -> loop.execute(() -> {
                    if (asking.isWaiting() && round == mine) {
                        answered(answer, failed);
                    }
                }));
    }

    /** An owner that is not there may be dead; one that agrees must be asked again if nothing happens. */
    private void answered(@Nullable Integer answer, @Nullable Throwable failed) {
        if (failed != null || answer == null) {
            if (failed != null && Failures.isFinal(failed)) {
                asking.isFinal(Failures.of(failed, "asking for a lock"));
            } else {
                state = "could not be asked for it"
                        + (failed == null ? "" : ": " + Failures.of(failed).getMessage());
                after(RETRY, this::request);
            }
        } else if (answer == 0) {
            state = "has agreed to give it away";
            watchSilence();
            after(settings.resendAfter(), this::request);
        } else if (answer == -Errno.EROFS.number()) {
            asking.ownerKeepsIt();
        } else if (answer == -Errno.ETIMEDOUT.number()) {
            state = "nobody who watches the image says to own it";
            after(NO_OWNER_RETRY, asking::tryAgain);
        } else {
            state = "was asked for it and failed with error " + -answer;
            after(RETRY, this::request);
        }
    }

    private void after(Duration delay, Runnable step) {
        next = loop.schedule(delay, () -> {
            if (asking.isWaiting()) {
                step.run();
            }
        });
    }

    private void watchSilence() {
        stopSilence();
        silent = false;
        silence = loop.schedule(settings.silentFor(), () -> {
            silent = true;
            asking.ownerIsSilent();
        });
    }

    private void stopSilence() {
        if (silence != null) {
            silence.cancel();
            silence = null;
        }
    }
}
