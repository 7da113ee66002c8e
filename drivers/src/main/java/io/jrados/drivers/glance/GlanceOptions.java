package io.jrados.drivers.glance;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.rbd.model.Features;
import java.util.Objects;

/** Options of the image store, named as Glance's. Immutable; begin with {@link #DEFAULT}. */
public final class GlanceOptions {
    /** Glance's defaults: pool {@code images}, chunks of 8 MiB, SHA-512, layering; 4 chunks in flight. */
    public static final GlanceOptions DEFAULT =
            new GlanceOptions(new Values("images", 8, false, "sha512", Features.LAYERING, 4));

    private final Values values;

    private record Values(String pool, int chunk, boolean thin, String hash, long features, int writes) {}

    private GlanceOptions(Values values) {
        this.values = values;
    }

    /** Returns {@code rbd_store_pool}. */
    public String pool() {
        return values.pool;
    }

    /**
     * Returns {@code rbd_store_chunk_size} in MiB, 1 to 32: the unit of writing; the object size is the power of two at
     * or below it.
     */
    public int chunkSize() {
        return values.chunk;
    }

    /** Returns {@code rbd_thin_provisioning}: chunks of zeroes are not written. */
    public boolean thinProvisioning() {
        return values.thin;
    }

    /** Returns the name of the digest beside MD5. */
    public String hashingAlgorithm() {
        return values.hash;
    }

    /** Returns the features of new images, bits of {@link Features}. */
    public long features() {
        return values.features;
    }

    /** Returns the number of chunks that are written at once. */
    public int writesInFlight() {
        return values.writes;
    }

    public GlanceOptions withPool(String pool) {
        Objects.requireNonNull(pool, "pool");
        return new GlanceOptions(
                new Values(pool, values.chunk, values.thin, values.hash, values.features, values.writes));
    }

    /** @throws IllegalArgumentException below 1 */
    public GlanceOptions withChunkSize(int mib) {
        positive(mib, "mib");
        return new GlanceOptions(
                new Values(values.pool, mib, values.thin, values.hash, values.features, values.writes));
    }

    public GlanceOptions withThinProvisioning(boolean thin) {
        return new GlanceOptions(
                new Values(values.pool, values.chunk, thin, values.hash, values.features, values.writes));
    }

    /** Sets the digest beside MD5: {@code sha512}. */
    public GlanceOptions withHashingAlgorithm(String algorithm) {
        Objects.requireNonNull(algorithm, "algorithm");
        return new GlanceOptions(
                new Values(values.pool, values.chunk, values.thin, algorithm, values.features, values.writes));
    }

    public GlanceOptions withFeatures(long features) {
        return new GlanceOptions(
                new Values(values.pool, values.chunk, values.thin, values.hash, features, values.writes));
    }

    /** @throws IllegalArgumentException below 1 */
    public GlanceOptions withWritesInFlight(int writes) {
        positive(writes, "writes");
        return new GlanceOptions(
                new Values(values.pool, values.chunk, values.thin, values.hash, values.features, writes));
    }

    private static void positive(int number, String name) {
        if (number < 1) {
            throw new IllegalArgumentException(name + ": " + number);
        }
    }

    void check() throws DriverException {
        if (values.chunk > 1024) {
            throw new DriverException(
                    Kind.INVALID_CONFIGURATION,
                    "reading rbd_store_chunk_size, which is " + values.chunk + " and not 1 to 1024 (MiB)");
        }
        if (values.writes > 64) {
            throw new DriverException(
                    Kind.INVALID_CONFIGURATION,
                    "reading the writes in flight, which are " + values.writes + " and not 1 to 64");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GlanceOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "GlanceOptions" + values.toString().substring("Values".length());
    }
}
