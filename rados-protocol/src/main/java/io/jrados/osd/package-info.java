/** The Objecter: places operations on OSDs, sends them, and sends them again when the cluster moves. */
@NullMarked
package io.jrados.osd;

import org.jspecify.annotations.NullMarked;
