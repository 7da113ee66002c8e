/** The gate of an image and what waits: for a turn, for a limit, for several operations, for what is in doubt. */
@NullMarked
package io.jrados.rbd.wait;

import org.jspecify.annotations.NullMarked;
