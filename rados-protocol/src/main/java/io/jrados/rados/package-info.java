/**
 * RADOS: a cluster, its pools and objects.
 *
 * <p>A null argument of {@link io.jrados.rados.Rados} and {@link io.jrados.rados.Pool} is a
 * {@link java.lang.NullPointerException} whose message is the argument's name: thrown by a method that blocks, and the
 * failure of the future of one that does not, never both. A failure that several threads wait for is thrown to each as
 * a copy with that thread's own stack; its cause is the failure that they share.
 */
@NullMarked
package io.jrados.rados;

import org.jspecify.annotations.NullMarked;
