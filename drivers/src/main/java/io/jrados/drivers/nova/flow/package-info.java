/** The flows of disks, one class each. */
@NullMarked
package io.jrados.drivers.nova.flow;

import org.jspecify.annotations.NullMarked;
