/** The structs and messages that can be decoded by name: what the program shows, and what hostile tests damage. */
@NullMarked
package io.jrados.debug;

import org.jspecify.annotations.NullMarked;
