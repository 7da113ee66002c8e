/** The disks of Nova. */
@NullMarked
package io.jrados.drivers.nova;

import org.jspecify.annotations.NullMarked;
