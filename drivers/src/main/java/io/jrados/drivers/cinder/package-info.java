/** The volumes of Cinder. */
@NullMarked
package io.jrados.drivers.cinder;

import org.jspecify.annotations.NullMarked;
