/** Images and their differences as streams, in the formats of the {@code rbd} command. */
@NullMarked
package io.jrados.rbd.stream;

import org.jspecify.annotations.NullMarked;
