/** The image store of Glance. */
@NullMarked
package io.jrados.drivers.glance;

import org.jspecify.annotations.NullMarked;
