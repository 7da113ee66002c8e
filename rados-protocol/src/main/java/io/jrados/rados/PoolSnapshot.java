package io.jrados.rados;

import java.time.Instant;

/**
 * A snapshot of a whole pool, for pools without self-managed ones: the OSDs preserve its state in every write by
 * themselves.
 */
public record PoolSnapshot(long id, String name, Instant created) {}
