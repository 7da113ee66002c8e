/**
 * Disk images as clouds store them, opened by format or by content: {@link io.jrados.disk.DiskImages}. Nothing here
 * knows of Ceph: an image is a virtual size, extents and bytes, wherever they come from and go to.
 */
@NullMarked
package io.jrados.disk;

import org.jspecify.annotations.NullMarked;
