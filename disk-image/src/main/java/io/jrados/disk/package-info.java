/**
 * Disk images as clouds store them, opened by format or by content: {@link io.jrados.disk.DiskImages}. Nothing here
 * knows of Ceph: an image is a virtual size, extents and bytes, wherever they come from and go to.
 *
 * <p>A null argument is a {@link java.lang.NullPointerException} whose message is the argument's name. A negative
 * offset, position, size or limit is an {@link java.lang.IllegalArgumentException} whose message begins with that name.
 * An argument that only this image refuses, as a range past its end, is a {@link io.jrados.error.RadosException}.
 */
@NullMarked
package io.jrados.disk;

import org.jspecify.annotations.NullMarked;
