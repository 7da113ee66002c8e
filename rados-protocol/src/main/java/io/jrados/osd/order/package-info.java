/** The order of operations to one object: who waits behind whom, and for how long. Knows no connections. Pure. */
@NullMarked
package io.jrados.osd.order;

import org.jspecify.annotations.NullMarked;
