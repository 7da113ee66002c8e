/**
 * The parts that the drivers share: locations, sources of bytes, the chunk pipeline.
 *
 * <p>A null argument of any driver is a {@link java.lang.NullPointerException} whose message is the argument's name.
 */
@NullMarked
package io.jrados.drivers;

import org.jspecify.annotations.NullMarked;
