/** The flows of backups, one class for each; {@link io.jrados.drivers.backup.CephBackup} names them. */
@NullMarked
package io.jrados.drivers.backup.flow;

import org.jspecify.annotations.NullMarked;
