/** What the wire and the disks say, for people: any struct as JSON, recorded frames as text. For programs that debug. */
@NullMarked
package io.jrados.debug;

import org.jspecify.annotations.NullMarked;
