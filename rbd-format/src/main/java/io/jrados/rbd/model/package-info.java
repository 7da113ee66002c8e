/** Values of the RBD API. */
@NullMarked
package io.jrados.rbd.model;

import org.jspecify.annotations.NullMarked;
