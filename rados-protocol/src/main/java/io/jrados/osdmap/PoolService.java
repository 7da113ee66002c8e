package io.jrados.osdmap;

/** How a pool's groups come to serve, and when operations must be sent to them again. */
public record PoolService(PoolEpochs epochs, PoolPeering peering, PoolErasure erasure) {}
