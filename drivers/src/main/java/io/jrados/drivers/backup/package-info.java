/** Backups of Cinder's volumes. */
@NullMarked
package io.jrados.drivers.backup;

import org.jspecify.annotations.NullMarked;
