/** The cooperation of one image's clients: the header's watch and what is notified through it. */
@NullMarked
package io.jrados.rbd.lock;

import org.jspecify.annotations.NullMarked;
