/** Ceph's basic encoding: the only readers and writers of single bytes. */
@NullMarked
package io.jrados.wire;

import org.jspecify.annotations.NullMarked;
