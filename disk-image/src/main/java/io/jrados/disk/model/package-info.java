/** Formats, extents and sources of disk images, whatever the format. */
@NullMarked
package io.jrados.disk.model;

import org.jspecify.annotations.NullMarked;
