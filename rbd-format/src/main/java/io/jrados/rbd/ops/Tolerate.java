package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteResult;
import io.jrados.rados.Pool;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Steps that may find their work done already. */
final class Tolerate {
    private Tolerate() {}

    /** A request with an answer. */
    @FunctionalInterface
    interface Question<T> {
        T ask() throws RadosException;
    }

    /** The answer, or empty for ENOENT. */
    static <T> Optional<T> absent(Question<T> question) throws RadosException {
        try {
            return Optional.of(question.ask());
        } catch (NotFoundException absent) {
            return Optional.empty();
        }
    }

    /** Takes a step that may fail with one of these. */
    static void errors(Rollback.Step step, Errno... tolerated) throws RadosException {
        try {
            step.run();
        } catch (RadosException failed) {
            if (!Arrays.asList(tolerated).contains(failed.errno())) {
                throw failed;
            }
        }
    }

    /** A write to an object that may be gone: completes with nothing then. */
    static CompletableFuture<@Nullable WriteResult> absentAsync(CompletableFuture<WriteResult> write) {
        return write.exceptionallyCompose(failed -> {
            Throwable cause =
                    failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
            return cause instanceof RadosException known && known.errno() == Errno.ENOENT
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(cause);
        });
    }

    /** Deletes an object that may be gone. */
    static void remove(Pool pool, String object) throws RadosException {
        errors(() -> pool.remove(object), Errno.ENOENT);
    }
}
