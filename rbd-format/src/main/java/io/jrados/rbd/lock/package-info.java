/** How clients of one image cooperate: the header's watch and what is notified through it. */
@NullMarked
package io.jrados.rbd.lock;

import org.jspecify.annotations.NullMarked;
