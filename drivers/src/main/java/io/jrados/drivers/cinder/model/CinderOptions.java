package io.jrados.drivers.cinder.model;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.rbd.model.Features;
import java.time.Duration;
import java.util.Objects;

/** Options of the volumes, named as Cinder's. Immutable; begin with {@link #DEFAULT}. */
public final class CinderOptions {
    /** Cinder's defaults: pool {@code rbd}, objects of 4 MiB, layering, clones 5 deep. */
    public static final CinderOptions DEFAULT =
            new CinderOptions(new Values("rbd", 4, false, 5, Features.LAYERING, 4, Duration.ofSeconds(60)));

    private final Values values;

    private record Values(
            String pool, int chunk, boolean flatten, int depth, long features, int writes, Duration busy) {}

    private CinderOptions(Values values) {
        this.values = values;
    }

    /** Returns {@code rbd_pool}. */
    public String pool() {
        return values.pool;
    }

    /** Returns {@code rbd_store_chunk_size} in MiB: the object size is the power of two at or below it, 1 to 32. */
    public int chunkSize() {
        return values.chunk;
    }

    /** Returns {@code rbd_flatten_volume_from_snapshot}. */
    public boolean flattenVolumeFromSnapshot() {
        return values.flatten;
    }

    /**
     * Returns {@code rbd_max_clone_depth}: a clone with that many cloned ancestors is flattened; 0 makes full copies.
     */
    public int maxCloneDepth() {
        return values.depth;
    }

    /** Returns the features of new volumes, bits of {@link Features}. */
    public long features() {
        return values.features;
    }

    /** Returns the number of chunks that are written at once when a volume is copied. */
    public int writesInFlight() {
        return values.writes;
    }

    /**
     * Returns how long a volume in use is tried again: longer than the 30 s after which the cluster forgets a client
     * that died.
     */
    public Duration busyBudget() {
        return values.busy;
    }

    public CinderOptions withPool(String pool) {
        Objects.requireNonNull(pool, "pool");
        return new CinderOptions(new Values(
                pool, values.chunk, values.flatten, values.depth, values.features, values.writes, values.busy));
    }

    /** Sets the depth of clones; 0 or less makes full copies. */
    public CinderOptions withMaxCloneDepth(int depth) {
        return new CinderOptions(new Values(
                values.pool, values.chunk, values.flatten, depth, values.features, values.writes, values.busy));
    }

    public CinderOptions withFlattenVolumeFromSnapshot(boolean flatten) {
        return new CinderOptions(new Values(
                values.pool, values.chunk, flatten, values.depth, values.features, values.writes, values.busy));
    }

    /** @throws IllegalArgumentException below 1 */
    public CinderOptions withChunkSize(int mib) {
        positive(mib, "mib");
        return new CinderOptions(new Values(
                values.pool, mib, values.flatten, values.depth, values.features, values.writes, values.busy));
    }

    public CinderOptions withFeatures(long features) {
        return new CinderOptions(new Values(
                values.pool, values.chunk, values.flatten, values.depth, features, values.writes, values.busy));
    }

    /** @throws IllegalArgumentException below 1 */
    public CinderOptions withWritesInFlight(int writes) {
        positive(writes, "writes");
        return new CinderOptions(new Values(
                values.pool, values.chunk, values.flatten, values.depth, values.features, writes, values.busy));
    }

    /** @throws IllegalArgumentException if it is negative */
    public CinderOptions withBusyBudget(Duration budget) {
        if (Objects.requireNonNull(budget, "budget").isNegative()) {
            throw new IllegalArgumentException("budget: " + budget);
        }
        return new CinderOptions(new Values(
                values.pool, values.chunk, values.flatten, values.depth, values.features, values.writes, budget));
    }

    private static void positive(int number, String name) {
        if (number < 1) {
            throw new IllegalArgumentException(name + ": " + number);
        }
    }

    /** Refuses impossible values. */
    public void check() throws DriverException {
        if (values.pool.isEmpty()) {
            throw new DriverException(Kind.INVALID_CONFIGURATION, "reading rbd_pool, which is empty");
        }
        if (values.chunk > 1024 || values.writes > 64) {
            throw new DriverException(
                    Kind.INVALID_CONFIGURATION,
                    "reading rbd_store_chunk_size " + values.chunk + " MiB (1 to 1024) and " + values.writes
                            + " writes in flight (1 to 64)");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CinderOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "CinderOptions" + values.toString().substring("Values".length());
    }
}
