/** The map of pools and OSDs: from an object's name to the OSDs that hold it. Immutable and pure. */
@NullMarked
package io.jrados.osdmap;

import org.jspecify.annotations.NullMarked;
