/** The data plane: an open image's header, its gate, and its requests as requests to objects. */
@NullMarked
package io.jrados.rbd.io;

import org.jspecify.annotations.NullMarked;
