package io.jrados.drivers.glance;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;

/**
 * Options of the image store, named as Glance's.
 *
 * @param pool {@code rbd_store_pool}
 * @param chunkSize {@code rbd_store_chunk_size} in MiB, 1 to 32: the unit of writing; the object size is the power of
 *     two at or below it
 * @param thinProvisioning {@code rbd_thin_provisioning}: chunks of zeroes are not written
 * @param hashingAlgorithm digest beside MD5
 * @param features of new images, bits of {@link io.jrados.rbd.model.Features}; 0 means layering
 * @param writesInFlight chunks being written at once
 */
public record GlanceOptions(
        String pool,
        int chunkSize,
        boolean thinProvisioning,
        String hashingAlgorithm,
        long features,
        int writesInFlight) {
    /** Glance's defaults: pool {@code images}, chunks of 8 MiB, SHA-512; 4 chunks in flight. */
    public static final GlanceOptions DEFAULT = new GlanceOptions("images", 8, false, "sha512", 0, 4);

    public GlanceOptions withPool(String newPool) {
        return new GlanceOptions(newPool, chunkSize, thinProvisioning, hashingAlgorithm, features, writesInFlight);
    }

    public GlanceOptions withChunkSize(int newChunkSize) {
        return new GlanceOptions(pool, newChunkSize, thinProvisioning, hashingAlgorithm, features, writesInFlight);
    }

    public GlanceOptions withThinProvisioning(boolean thin) {
        return new GlanceOptions(pool, chunkSize, thin, hashingAlgorithm, features, writesInFlight);
    }

    public GlanceOptions withFeatures(long newFeatures) {
        return new GlanceOptions(pool, chunkSize, thinProvisioning, hashingAlgorithm, newFeatures, writesInFlight);
    }

    public GlanceOptions withWritesInFlight(int writes) {
        return new GlanceOptions(pool, chunkSize, thinProvisioning, hashingAlgorithm, features, writes);
    }

    void check() throws DriverException {
        if (chunkSize < 1 || chunkSize > 1024) {
            throw new DriverException(
                    Kind.INVALID_CONFIGURATION,
                    "reading rbd_store_chunk_size, which is " + chunkSize + " and not 1 to 1024 (MiB)");
        }
        if (writesInFlight < 1 || writesInFlight > 64) {
            throw new DriverException(
                    Kind.INVALID_CONFIGURATION,
                    "reading the writes in flight, which are " + writesInFlight + " and not 1 to 64");
        }
    }
}
