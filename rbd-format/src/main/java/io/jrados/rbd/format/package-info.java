/** What RBD format 2 puts on disk and into class calls: names, layout, records, calls. Pure. */
@NullMarked
package io.jrados.rbd.format;

import org.jspecify.annotations.NullMarked;
