/** The parts that the drivers share: locations, sources of bytes, the chunk pipeline. */
@NullMarked
package io.jrados.drivers;

import org.jspecify.annotations.NullMarked;
