/** Compound operations on one object, and their results. */
@NullMarked
package io.jrados.osd.op;

import org.jspecify.annotations.NullMarked;
