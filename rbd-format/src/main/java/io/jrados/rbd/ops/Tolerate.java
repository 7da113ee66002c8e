package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import java.util.Arrays;
import java.util.Optional;

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

    /** Deletes an object that may be gone. */
    static void remove(Pool pool, String object) throws RadosException {
        errors(() -> pool.remove(object), Errno.ENOENT);
    }
}
