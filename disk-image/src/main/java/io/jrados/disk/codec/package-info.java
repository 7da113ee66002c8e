/** Compressed clusters: the JDK's zlib and a Zstandard decoder in Java, behind one interface. Pure. */
@NullMarked
package io.jrados.disk.codec;

import org.jspecify.annotations.NullMarked;
