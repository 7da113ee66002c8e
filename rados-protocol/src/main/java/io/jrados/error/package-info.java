/** Errors, and explanations of what has not ended yet: what every other package may use. */
@NullMarked
package io.jrados.error;

import org.jspecify.annotations.NullMarked;
