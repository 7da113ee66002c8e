/** The changes of an image between two moments, and their bytes: for backup products. */
@NullMarked
package io.jrados.rbd.change;

import org.jspecify.annotations.NullMarked;
