/** The live image: opening, refreshing, and the requests for ranges of it. */
@NullMarked
package io.jrados.rbd.image;

import org.jspecify.annotations.NullMarked;
