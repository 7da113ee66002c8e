/** The flows of the image store, one class for each; {@link io.jrados.drivers.glance.GlanceStore} names them. */
@NullMarked
package io.jrados.drivers.glance.flow;

import org.jspecify.annotations.NullMarked;
