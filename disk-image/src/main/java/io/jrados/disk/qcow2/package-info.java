/** The qcow2 format, versions 2 and 3, by QEMU's specification in docs/interop/qcow2.txt. */
@NullMarked
package io.jrados.disk.qcow2;

import org.jspecify.annotations.NullMarked;
