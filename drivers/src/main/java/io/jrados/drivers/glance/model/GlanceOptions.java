package io.jrados.drivers.glance.model;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.OptionReader;
import io.jrados.drivers.ServiceConf;
import io.jrados.rbd.model.Features;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Options of the image store, named as Glance's. Immutable; begin with {@link #DEFAULT}, {@link #LIBERTY}, or a section
 * of {@code glance-api.conf}.
 */
public final class GlanceOptions {
    /** Glance's defaults: pool {@code images}, chunks of 8 MiB, SHA-512, the cluster's features; 4 chunks in flight. */
    public static final GlanceOptions DEFAULT = new GlanceOptions(new Values(
            "images",
            8,
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            false,
            "sha512",
            OptionalLong.empty(),
            4,
            new Store(Optional.empty(), "", 0),
            false));

    /** As of the release Liberty: an image of unknown size is resized for each chunk. */
    public static final GlanceOptions LIBERTY = DEFAULT.with(draft -> {
        draft.cephConf = Optional.of("/etc/ceph/ceph.conf");
        draft.liberty = true;
    });

    private static final int MAX_CHUNK = 63;
    private static final int MAX_WRITES = 64;
    private static final String DEFAULTS = "backend_defaults";

    private final Values values;

    private record Store(Optional<String> id, String description, int weight) {}

    private record Values(
            String pool,
            int chunk,
            Optional<String> user,
            Optional<String> cephConf,
            OptionalInt timeout,
            boolean thin,
            String hash,
            OptionalLong features,
            int writes,
            Store store,
            boolean liberty) {}

    /** The options while they are being changed. */
    private static final class Draft {
        private String pool;
        private int chunk;
        private Optional<String> user;
        private Optional<String> cephConf;
        private OptionalInt timeout;
        private boolean thin;
        private String hash;
        private OptionalLong features;
        private int writes;
        private Store store;
        private boolean liberty;

        Draft(Values values) {
            pool = values.pool;
            chunk = values.chunk;
            user = values.user;
            cephConf = values.cephConf;
            timeout = values.timeout;
            thin = values.thin;
            hash = values.hash;
            features = values.features;
            writes = values.writes;
            store = values.store;
            liberty = values.liberty;
        }

        Values values() {
            return new Values(pool, chunk, user, cephConf, timeout, thin, hash, features, writes, store, liberty);
        }
    }

    private GlanceOptions(Values values) {
        this.values = values;
    }

    private GlanceOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(values);
        change.accept(draft);
        return new GlanceOptions(draft.values());
    }

    /**
     * Reads a store's section of {@code glance-api.conf}; what it lacks is as {@code [backend_defaults]} says, or else
     * as in these options.
     *
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION} for a value that is none, or without that section
     * @throws IOException when the file cannot be read
     */
    public GlanceOptions withFile(Path file, String section) throws IOException {
        Objects.requireNonNull(file, "file");
        return withSection(ServiceConf.read(file), Objects.requireNonNull(section, "section"));
    }

    /** As {@link #withFile}, of a file that was read. */
    public GlanceOptions withSection(ServiceConf conf, String section) throws DriverException {
        Objects.requireNonNull(conf, "conf");
        Objects.requireNonNull(section, "section");
        if (!conf.hasSection(section)) {
            throw new DriverException(
                    Kind.INVALID_CONFIGURATION, "reading " + conf + ", which has no section [" + section + "]");
        }
        Map<String, String> keys = new HashMap<>(conf.section(DEFAULTS));
        keys.putAll(conf.section(section));
        Draft draft = new Draft(values);
        OptionReader in = new OptionReader(keys);
        draft.pool = in.text("rbd_store_pool", draft.pool);
        draft.chunk = (int) in.number("rbd_store_chunk_size", draft.chunk);
        draft.user =
                Optional.of(in.text("rbd_store_user", draft.user.orElse(""))).filter(user -> !user.isEmpty());
        draft.cephConf = Optional.of(in.text("rbd_store_ceph_conf", draft.cephConf.orElse("")))
                .filter(path -> !path.isEmpty());
        int timeout = (int) in.number("rados_connect_timeout", draft.timeout.orElse(-1));
        draft.timeout = timeout > 0 ? OptionalInt.of(timeout) : OptionalInt.empty();
        draft.thin = in.bool("rbd_thin_provisioning", draft.thin);
        draft.store = new Store(draft.store.id, in.text("store_description", draft.store.description), (int)
                in.number("weight", draft.store.weight));
        draft.hash =
                conf.find("DEFAULT", "hashing_algorithm").map(String::strip).orElse(draft.hash);
        GlanceOptions read = new GlanceOptions(draft.values());
        read.check();
        return read;
    }

    /** Returns {@code rbd_store_pool}. */
    public String pool() {
        return values.pool;
    }

    /**
     * Returns {@code rbd_store_chunk_size} in MiB, 1 to 63: the unit of writing; the object size is the power of two at
     * or below it.
     */
    public int chunkSize() {
        return values.chunk;
    }

    /** Returns {@code rbd_store_user}, without {@code client.}; empty for {@code admin}. */
    public Optional<String> user() {
        return values.user;
    }

    /** Returns {@code rbd_store_ceph_conf}; empty for the usual places. */
    public Optional<String> cephConf() {
        return values.cephConf;
    }

    /** Returns {@code rados_connect_timeout} in seconds, of each operation too; empty for the client's own. */
    public OptionalInt connectTimeout() {
        return values.timeout;
    }

    /** Returns {@code rbd_thin_provisioning}: chunks of zeroes are not written. */
    public boolean thinProvisioning() {
        return values.thin;
    }

    /** Returns {@code hashing_algorithm}: the name of the digest beside MD5. */
    public String hashingAlgorithm() {
        return values.hash;
    }

    /** Returns the features of new images, bits of {@link Features}; empty for what the cluster's clients make. */
    public OptionalLong features() {
        return values.features;
    }

    /** Returns the number of chunks that are written at once. */
    public int writesInFlight() {
        return values.writes;
    }

    /** Returns the name of the store among several, of {@code enabled_backends}; empty for the only one. */
    public Optional<String> storeId() {
        return values.store.id;
    }

    /** Returns {@code store_description}. */
    public String description() {
        return values.store.description;
    }

    /** Returns {@code weight}: of several stores with an image the heaviest is read first. */
    public int weight() {
        return values.store.weight;
    }

    /** Whether an image of unknown size grows as in the release Liberty. */
    public boolean isLiberty() {
        return values.liberty;
    }

    public GlanceOptions withPool(String pool) {
        Objects.requireNonNull(pool, "pool");
        return with(draft -> draft.pool = pool);
    }

    /**
     * Sets the chunk size.
     *
     * @throws IllegalArgumentException unless it is 1 to 63
     */
    public GlanceOptions withChunkSize(int mib) {
        within(mib, MAX_CHUNK, "mib");
        return with(draft -> draft.chunk = mib);
    }

    /** Sets the user, without {@code client.}. */
    public GlanceOptions withUser(String user) {
        Objects.requireNonNull(user, "user");
        return with(draft -> draft.user = Optional.of(user));
    }

    public GlanceOptions withCephConf(String file) {
        Objects.requireNonNull(file, "file");
        return with(draft -> draft.cephConf = Optional.of(file));
    }

    /**
     * Sets the seconds that connecting, and each operation, may take.
     *
     * @throws IllegalArgumentException below 1
     */
    public GlanceOptions withConnectTimeout(int seconds) {
        within(seconds, Integer.MAX_VALUE, "seconds");
        return with(draft -> draft.timeout = OptionalInt.of(seconds));
    }

    public GlanceOptions withThinProvisioning(boolean thin) {
        return with(draft -> draft.thin = thin);
    }

    /** Sets the digest beside MD5: {@code sha512}. */
    public GlanceOptions withHashingAlgorithm(String algorithm) {
        Objects.requireNonNull(algorithm, "algorithm");
        return with(draft -> draft.hash = algorithm);
    }

    public GlanceOptions withFeatures(long features) {
        return with(draft -> draft.features = OptionalLong.of(features));
    }

    /**
     * Sets the number of chunks that are written at once.
     *
     * @throws IllegalArgumentException unless it is 1 to 64
     */
    public GlanceOptions withWritesInFlight(int writes) {
        within(writes, MAX_WRITES, "writes");
        return with(draft -> draft.writes = writes);
    }

    /** Sets the name of the store, which the metadata of new locations have then. */
    public GlanceOptions withStoreId(String id) {
        Objects.requireNonNull(id, "id");
        return with(draft -> draft.store = new Store(Optional.of(id), draft.store.description, draft.store.weight));
    }

    private static void within(int number, int most, String name) {
        if (number < 1 || number > most) {
            throw new IllegalArgumentException(name + ": " + number + " is not 1 to " + most);
        }
    }

    /** @throws DriverException {@link Kind#INVALID_CONFIGURATION}, with the option's name */
    public void check() throws DriverException {
        if (values.pool.isEmpty()) {
            throw new DriverException(Kind.INVALID_CONFIGURATION, "reading rbd_store_pool, which is empty");
        }
        if (values.chunk < 1 || values.chunk > MAX_CHUNK) {
            throw new DriverException(
                    Kind.INVALID_CONFIGURATION,
                    "reading rbd_store_chunk_size, which is " + values.chunk + " and not 1 to " + MAX_CHUNK + " (MiB)");
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
