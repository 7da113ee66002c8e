/**
 * RBD images: block devices striped over RADOS objects.
 *
 * <p>A null argument is a {@link java.lang.NullPointerException} whose message is the argument's name. A negative
 * offset, length or size is an {@link java.lang.IllegalArgumentException} whose message has the argument's name.
 * Methods that return a future fail that, and throw neither; all others throw. What depends on the image, a range past
 * its end say, is a {@link io.jrados.error.RadosException} with an errno.
 *
 * <p><b>Two forms.</b> Each call that waits for the cluster has a blocking form, and an asynchronous one whose name
 * ends in {@code Async} and which never blocks. The future fails with what the blocking form throws: the same class and
 * errno.
 *
 * <p><b>Threads.</b> The futures of reading and writing complete on one of the client's own loops: nothing that
 * depends on them there may block. Everything else is a verb, which runs on a thread of its own, a virtual one from
 * JDK 21 on, and its future completes on that thread: what depends on it may block, on other verbs too. With an
 * executor of {@link io.jrados.rados.RadosBuilder#executor} both complete there. A client has 128 verbs under way at
 * a time (1,024 on virtual threads), and 1,024 more may wait for their turn; one that is submitted beyond them fails
 * with EAGAIN. One that does not get its turn within the pool's deadline, counted from its submission, fails with
 * ETIMEDOUT and was never sent; its first step has what is left of that deadline then, and each further step has all
 * of it, as in the blocking form.
 * Verbs that this client does for others, as the owner of a lock, have as many threads of their own, so that the two
 * never wait for each other's.
 *
 * <p><b>Cancelling</b> the future of a verb interrupts it, as does anything else that completes the future early: the
 * verb takes back what it has done, or leaves what the next attempt finishes, as after an interrupt of a thread that
 * blocks in it. This goes on behind the future, which is done at once. A verb that has not begun never runs. An image
 * that was opened for nobody is closed.
 *
 * <p>{@link io.jrados.rbd.Rbd#awaitVerbs} waits until nothing of it goes on.
 *
 * <p>Closing the client fails the verbs that run and those that wait with a {@link io.jrados.error.ClosedException}.
 */
@NullMarked
package io.jrados.rbd;

import org.jspecify.annotations.NullMarked;
