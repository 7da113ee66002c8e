package io.jrados.rados;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The future of something that its caller has to close. A caller that gives up waiting would hold nothing, and nobody
 * could close it: so whoever makes it ends the making when this future ends early, and closes what is made all the
 * same. {@link Wait#on} cancels such a future when it is interrupted.
 *
 * @param <T> what is being made
 */
final class Handed<T> extends CompletableFuture<T> {
    /**
     * Passes on what another future is completed with.
     *
     * @param undo closes what is made when nobody waits for it any more
     */
    static <T> Handed<T> from(CompletableFuture<T> making, Consumer<T> undo) {
        Handed<T> handed = new Handed<>();
        making.whenComplete((made, failure) -> {
            if (failure != null) {
                handed.completeExceptionally(Wait.cause(failure));
            } else if (!handed.complete(made)) {
                undo.accept(made);
            }
        });
        return handed;
    }
}
