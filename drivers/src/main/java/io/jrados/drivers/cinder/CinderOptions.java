package io.jrados.drivers.cinder;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import java.time.Duration;

/**
 * Options of the volumes, named as Cinder's.
 *
 * @param pool {@code rbd_pool}
 * @param chunkSize {@code rbd_store_chunk_size} in MiB: the object size is the power of two at or below it, 1 to 32
 * @param flattenVolumeFromSnapshot {@code rbd_flatten_volume_from_snapshot}
 * @param maxCloneDepth {@code rbd_max_clone_depth}: a clone with that many cloned ancestors is flattened; 0 or less
 *     makes full copies
 * @param features of new volumes, bits of {@link io.jrados.rbd.model.Features}; 0 means layering
 * @param writesInFlight chunks being written at once when a volume is copied
 * @param busyBudget how long a volume in use is tried again: longer than the 30 s after which the cluster forgets a
 *     client that died
 */
public record CinderOptions(
        String pool,
        int chunkSize,
        boolean flattenVolumeFromSnapshot,
        int maxCloneDepth,
        long features,
        int writesInFlight,
        Duration busyBudget) {
    /** Cinder's defaults: pool {@code rbd}, objects of 4 MiB, clones 5 deep. */
    public static final CinderOptions DEFAULT = new CinderOptions("rbd", 4, false, 5, 0, 4, Duration.ofSeconds(60));

    public CinderOptions withPool(String newPool) {
        return new CinderOptions(
                newPool, chunkSize, flattenVolumeFromSnapshot, maxCloneDepth, features, writesInFlight, busyBudget);
    }

    public CinderOptions withMaxCloneDepth(int depth) {
        return new CinderOptions(
                pool, chunkSize, flattenVolumeFromSnapshot, depth, features, writesInFlight, busyBudget);
    }

    public CinderOptions withFlattenVolumeFromSnapshot(boolean flatten) {
        return new CinderOptions(pool, chunkSize, flatten, maxCloneDepth, features, writesInFlight, busyBudget);
    }

    public CinderOptions withChunkSize(int size) {
        return new CinderOptions(
                pool, size, flattenVolumeFromSnapshot, maxCloneDepth, features, writesInFlight, busyBudget);
    }

    public CinderOptions withBusyBudget(Duration budget) {
        return new CinderOptions(
                pool, chunkSize, flattenVolumeFromSnapshot, maxCloneDepth, features, writesInFlight, budget);
    }

    void check() throws DriverException {
        if (pool.isEmpty()) {
            throw new DriverException(Kind.INVALID_CONFIGURATION, "reading rbd_pool, which is empty");
        }
        if (chunkSize < 1 || chunkSize > 1024 || writesInFlight < 1 || writesInFlight > 64) {
            throw new DriverException(
                    Kind.INVALID_CONFIGURATION,
                    "reading rbd_store_chunk_size " + chunkSize + " MiB (1 to 1024) and " + writesInFlight
                            + " writes in flight (1 to 64)");
        }
    }
}
