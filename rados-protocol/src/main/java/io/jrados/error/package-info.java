/** Errors: what every other package may use. */
@NullMarked
package io.jrados.error;

import org.jspecify.annotations.NullMarked;
