/** The image store of Glance, one or several. */
@NullMarked
package io.jrados.drivers.glance;

import org.jspecify.annotations.NullMarked;
