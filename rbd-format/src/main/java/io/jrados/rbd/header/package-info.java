/** The contents of a header, as they are read: what never changes, the state, the snapshots and the options. */
@NullMarked
package io.jrados.rbd.header;

import org.jspecify.annotations.NullMarked;
