/**
 * Text for people of the bytes on the wire and on disk: any struct as JSON, recorded frames as text. For programs that
 * debug.
 */
@NullMarked
package io.jrados.debug;

import org.jspecify.annotations.NullMarked;
