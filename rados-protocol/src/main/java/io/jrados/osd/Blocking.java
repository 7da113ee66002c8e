package io.jrados.osd;

import io.jrados.conf.LoopThread;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.InterruptedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The wait behind every blocking call: here, because receipts have such calls too. */
public final class Blocking {
    private static final String LIBRARY = Blocking.class
            .getPackageName()
            .substring(0, Blocking.class.getPackageName().lastIndexOf('.') + 1);

    private static final StackWalker FRAMES = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private Blocking() {}

    /**
     * The future's value.
     *
     * @throws RadosException what the future failed with; ECANCELED if it was cancelled; EINTR if this thread was
     *     interrupted, with its flag set again (the operation goes on)
     * @throws IllegalStateException on one of the client's own loops, where waiting would be for ever
     */
    public static <T> T on(CompletableFuture<T> future) throws RadosException {
        try {
            return get(future);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RadosException(Errno.EINTR, "waiting for an answer", new InterruptedIOException());
        }
    }

    /** As {@link #on}, for who has something to do when this thread is interrupted. */
    public static <T> T get(CompletableFuture<T> future) throws RadosException, InterruptedException {
        if (!future.isDone() && Thread.currentThread() instanceof LoopThread) {
            throw new IllegalStateException("a blocking call on a loop of the client: use the asynchronous form");
        }
        try {
            return future.get();
        } catch (CancellationException cancelled) {
            throw new RadosException(Errno.ECANCELED, "waiting for an answer", cancelled);
        } catch (ExecutionException failed) {
            throw unwrapped(failed.getCause());
        }
    }

    /** The failure of a future as its waiting caller sees it. */
    public static RadosException unwrapped(Throwable cause) {
        if (cause instanceof RadosException known) {
            RadosException copy = known.copy();
            if (copy != known) {
                copy.setStackTrace(callersStack());
            }
            return copy;
        }
        if (cause instanceof java.util.concurrent.CompletionException wrapper && wrapper.getCause() != null) {
            return unwrapped(wrapper.getCause());
        }
        if (cause instanceof RuntimeException bug) {
            throw bug;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new RadosException(Errno.EIO, "waiting for an answer", cause);
    }

    /**
     * The stack of this thread from the caller of the blocking form on: without the waiting itself, and without the
     * blocking forms of interfaces, each of which is one line that waits for the asynchronous form.
     */
    private static StackTraceElement[] callersStack() {
        return FRAMES.walk(frames -> frames.dropWhile(frame -> isWaiting(frame.getDeclaringClass()))
                .map(StackWalker.StackFrame::toStackTraceElement)
                .toArray(StackTraceElement[]::new));
    }

    private static boolean isWaiting(Class<?> type) {
        return type == Blocking.class
                || type.getSimpleName().equals("Wait")
                || type.isInterface() && type.getName().startsWith(LIBRARY);
    }
}
