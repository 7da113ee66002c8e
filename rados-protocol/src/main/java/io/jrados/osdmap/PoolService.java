package io.jrados.osdmap;

/** The conditions under which a pool's groups serve, and under which operations are sent to them again. */
public record PoolService(PoolEpochs epochs, PoolPeering peering, PoolErasure erasure) {}
