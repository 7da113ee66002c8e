/** The program {@code jrados}. */
@NullMarked
package io.jrados.cli;

import org.jspecify.annotations.NullMarked;
