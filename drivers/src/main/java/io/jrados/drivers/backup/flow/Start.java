package io.jrados.drivers.backup.flow;

import io.jrados.drivers.backup.model.Backup;
import java.util.Optional;

/**
 * The state at which a backup's diff starts.
 *
 * @param backup without a parent if it is, or became, a full one
 * @param base the name of the base image
 * @param from the parent's snapshot, which volume and base have; empty for a full backup
 * @param isLeft whether a call that died has begun this backup on the parent's base image
 */
record Start(Backup backup, String base, Optional<String> from, boolean isLeft) {}
