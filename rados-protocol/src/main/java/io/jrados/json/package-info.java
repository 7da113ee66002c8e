/**
 * JSON as monitors and managers answer it, read within bounds, and commands written in it. Only the few answers that
 * the library itself needs pass here; callers get the text of the others.
 */
@NullMarked
package io.jrados.json;

import org.jspecify.annotations.NullMarked;
