/** Disk images on web servers, read by ranges. */
@NullMarked
package io.jrados.disk.http;

import org.jspecify.annotations.NullMarked;
