/** The options, the backups and the reports of {@link io.jrados.drivers.backup.CephBackup}. */
@NullMarked
package io.jrados.drivers.backup.model;

import org.jspecify.annotations.NullMarked;
