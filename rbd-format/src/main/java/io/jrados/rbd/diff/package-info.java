/** Differences between states of an image: by an object's own states, by object maps, by the image. */
@NullMarked
package io.jrados.rbd.diff;

import org.jspecify.annotations.NullMarked;
