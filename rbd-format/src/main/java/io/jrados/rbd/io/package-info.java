/** Requests to an image's single objects: reads, writes, copy-ups, and the object map that they keep true. */
@NullMarked
package io.jrados.rbd.io;

import org.jspecify.annotations.NullMarked;
