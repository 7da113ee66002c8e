/**
 * RBD images: block devices striped over RADOS objects.
 *
 * <p>A null argument is a {@link java.lang.NullPointerException} whose message is the argument's name: thrown by a
 * method that blocks, and the failure of the future of one that does not, never both.
 */
@NullMarked
package io.jrados.rbd;

import org.jspecify.annotations.NullMarked;
