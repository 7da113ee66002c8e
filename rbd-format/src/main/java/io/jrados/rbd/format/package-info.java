/** RBD format 2 on disk and in class calls: names, layout, records, calls. Pure. */
@NullMarked
package io.jrados.rbd.format;

import org.jspecify.annotations.NullMarked;
