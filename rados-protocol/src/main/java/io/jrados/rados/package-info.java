/**
 * RADOS: a cluster, its pools and objects.
 *
 * <p>A null argument is a {@link java.lang.NullPointerException} whose message is the argument's name. A number that
 * is wrong whatever the cluster holds, a negative length say, is an {@link java.lang.IllegalArgumentException} whose
 * message has the argument's name. Methods that return a future fail that, and throw neither; all others throw. What
 * only the cluster can judge is a {@link io.jrados.error.RadosException} with an errno. A failure that several threads
 * wait for is thrown to each as a copy with that thread's own stack; its cause is the failure that they share.
 *
 * <p>Each call that waits for the cluster has a blocking form, and an asynchronous one whose name ends in {@code Async}
 * and which never blocks. The future fails with what the blocking form throws: the same class and errno. It completes
 * on one of the client's own loops, or, for what is known already, on the calling thread; with an executor of
 * {@link io.jrados.rados.RadosBuilder#executor} futures of operations complete there. What depends on a future that
 * completes on a loop must not block: a blocking form refuses to run there with an
 * {@link java.lang.IllegalStateException}. Cancelling a future ends the caller's interest, and frees what the operation
 * takes up here; a write that was sent may still be done.
 */
@NullMarked
package io.jrados.rados;

import org.jspecify.annotations.NullMarked;
