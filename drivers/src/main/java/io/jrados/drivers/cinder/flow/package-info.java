/** The flows of the volumes, one class for each; {@link io.jrados.drivers.cinder.CinderVolumes} names them. */
@NullMarked
package io.jrados.drivers.cinder.flow;

import org.jspecify.annotations.NullMarked;
