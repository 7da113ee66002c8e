package io.jrados.drivers.cinder.model;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.rbd.model.Features;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Options of the volumes, named as Cinder's. Immutable; begin with {@link #DEFAULT}, {@link #LIBERTY}, or a section of
 * {@code cinder.conf}.
 */
public final class CinderOptions {
    /** Cinder's defaults: pool {@code rbd}, objects of 4 MiB, the cluster's features, clones 5 deep. */
    public static final CinderOptions DEFAULT = new CinderOptions(new Values());

    /** The behavior of the release Liberty: at the greatest depth the source is flattened, deletions are strict. */
    public static final CinderOptions LIBERTY = DEFAULT.with(values -> {
        values.liberty = true;
        values.deletePolicy = DeletePolicy.STRICT;
        values.maxOverSubscriptionRatio = "20.0";
        values.exclusivePool = false;
        values.concurrentFlattens = OptionalInt.empty();
    });

    private static final int MAX_CHUNK = 63;
    private static final int MAX_WRITES = 64;

    private final Values values;

    /** The options, where callers cannot depend on how many there are. Changed only while it is nobody's. */
    static final class Values implements Cloneable {
        String clusterName = "ceph";
        String pool = "rbd";
        Optional<String> user = Optional.empty();
        Optional<String> cephConf = Optional.empty();
        boolean flattenVolumeFromSnapshot;
        Optional<String> secretUuid = Optional.empty();
        int maxCloneDepth = 5;
        int chunkSize = 4;
        OptionalInt connectTimeout = OptionalInt.empty();
        int connectionRetries = 3;
        int connectionInterval = 5;
        boolean dynamicTotalCapacity = true;
        boolean exclusivePool = true;
        boolean deferredDeletion;
        int deferredDeletionDelay;
        int purgeInterval = 60;
        OptionalInt concurrentFlattens = OptionalInt.of(3);
        int reservedPercentage;
        String maxOverSubscriptionRatio = "20.0";
        String backendName = "RBD";
        String volumeNameTemplate = "volume-%s";
        String snapshotNameTemplate = "snapshot-%s";
        OptionalLong features = OptionalLong.empty();
        int writesInFlight = 4;
        Duration busyBudget = Duration.ofSeconds(60);
        DeletePolicy deletePolicy = DeletePolicy.AUTO;
        boolean liberty;

        Values copy() {
            try {
                return (Values) clone();
            } catch (CloneNotSupportedException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private CinderOptions(Values values) {
        this.values = values;
    }

    CinderOptions with(Consumer<Values> change) {
        Values changed = values.copy();
        change.accept(changed);
        return new CinderOptions(changed);
    }

    /**
     * Reads a backend's section of {@code cinder.conf}; what it lacks is as {@code [backend_defaults]} says, or else as
     * in these options.
     *
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION} for a value that is none, or replication targets
     * @throws IOException when the file cannot be read
     */
    public CinderOptions withFile(Path file, String section) throws IOException {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(section, "section");
        return OptionsFile.read(this, file, section);
    }

    /** Returns {@code rbd_cluster_name}. */
    public String clusterName() {
        return values.clusterName;
    }

    /** Returns {@code rbd_pool}. */
    public String pool() {
        return values.pool;
    }

    /** Returns {@code rbd_user}, without {@code client.}. */
    public Optional<String> user() {
        return values.user;
    }

    /** Returns {@code rbd_ceph_conf}; empty for the usual places. */
    public Optional<String> cephConf() {
        return values.cephConf;
    }

    /** Returns {@code rbd_flatten_volume_from_snapshot}. */
    public boolean flattenVolumeFromSnapshot() {
        return values.flattenVolumeFromSnapshot;
    }

    /** Returns {@code rbd_secret_uuid}; the cluster's id if it is not set. */
    public Optional<String> secretUuid() {
        return values.secretUuid;
    }

    /**
     * Returns {@code rbd_max_clone_depth}: a clone with that many cloned ancestors is flattened; 0 makes full copies.
     */
    public int maxCloneDepth() {
        return values.maxCloneDepth;
    }

    /** Returns {@code rbd_store_chunk_size} in MiB, 1 to 63: the object size is the power of two at or below it. */
    public int chunkSize() {
        return values.chunkSize;
    }

    /** Returns {@code rados_connect_timeout} in seconds; empty for the client's own. */
    public OptionalInt connectTimeout() {
        return values.connectTimeout;
    }

    /** Returns {@code rados_connection_retries}: attempts in all. */
    public int connectionRetries() {
        return values.connectionRetries;
    }

    /** Returns {@code rados_connection_interval} in seconds: the first pause between attempts; the next is doubled. */
    public int connectionInterval() {
        return values.connectionInterval;
    }

    /** Returns {@code report_dynamic_total_capacity}. */
    public boolean dynamicTotalCapacity() {
        return values.dynamicTotalCapacity;
    }

    /** Returns {@code rbd_exclusive_cinder_pool}: nobody asks for the provisioned size then. */
    public boolean exclusivePool() {
        return values.exclusivePool;
    }

    /** Returns {@code enable_deferred_deletion}. */
    public boolean deferredDeletion() {
        return values.deferredDeletion;
    }

    /** Returns {@code deferred_deletion_delay}. */
    public Duration deferredDeletionDelay() {
        return Duration.ofSeconds(values.deferredDeletionDelay);
    }

    /** Returns {@code deferred_deletion_purge_interval}. */
    public Duration purgeInterval() {
        return Duration.ofSeconds(values.purgeInterval);
    }

    /** Returns {@code rbd_concurrent_flatten_operations}; empty for any number. */
    public OptionalInt concurrentFlattens() {
        return values.concurrentFlattens;
    }

    /** Returns {@code reserved_percentage}. */
    public int reservedPercentage() {
        return values.reservedPercentage;
    }

    /** Returns {@code max_over_subscription_ratio}: a number, or {@code auto}. */
    public String maxOverSubscriptionRatio() {
        return values.maxOverSubscriptionRatio;
    }

    /** Returns {@code volume_backend_name}. */
    public String backendName() {
        return values.backendName;
    }

    /** Returns {@code volume_name_template}. */
    public String volumeNameTemplate() {
        return values.volumeNameTemplate;
    }

    /** Returns {@code snapshot_name_template}. */
    public String snapshotNameTemplate() {
        return values.snapshotNameTemplate;
    }

    /** Returns the features of new volumes, bits of {@link Features}; empty for what the cluster's clients make. */
    public OptionalLong features() {
        return values.features;
    }

    /** Returns the number of chunks that are written at once when a volume is copied. */
    public int writesInFlight() {
        return values.writesInFlight;
    }

    /**
     * Returns how long a volume in use is tried again: longer than the 30 s after which the cluster forgets a client
     * that died.
     */
    public Duration busyBudget() {
        return values.busyBudget;
    }

    public DeletePolicy deletePolicy() {
        return values.deletePolicy;
    }

    /** Whether clones and retypes are as in the release Liberty. */
    public boolean isLiberty() {
        return values.liberty;
    }

    public CinderOptions withPool(String pool) {
        Objects.requireNonNull(pool, "pool");
        return with(set -> set.pool = pool);
    }

    /** Sets the user, without {@code client.}. */
    public CinderOptions withUser(String user) {
        Objects.requireNonNull(user, "user");
        return with(set -> set.user = Optional.of(user));
    }

    public CinderOptions withClusterName(String name) {
        Objects.requireNonNull(name, "name");
        return with(set -> set.clusterName = name);
    }

    public CinderOptions withCephConf(String file) {
        Objects.requireNonNull(file, "file");
        return with(set -> set.cephConf = Optional.of(file));
    }

    public CinderOptions withSecretUuid(String uuid) {
        Objects.requireNonNull(uuid, "uuid");
        return with(set -> set.secretUuid = Optional.of(uuid));
    }

    /** Sets the depth of clones; at 0 full copies are made. */
    public CinderOptions withMaxCloneDepth(int depth) {
        refuseBelow(0, depth, "depth");
        return with(set -> set.maxCloneDepth = depth);
    }

    public CinderOptions withFlattenVolumeFromSnapshot(boolean flatten) {
        return with(set -> set.flattenVolumeFromSnapshot = flatten);
    }

    /** Sets the chunk size in MiB; an IllegalArgumentException unless it is 1 to 63. */
    public CinderOptions withChunkSize(int mib) {
        if (mib < 1 || mib > MAX_CHUNK) {
            throw new IllegalArgumentException("mib: " + mib + " is not 1 to " + MAX_CHUNK);
        }
        return with(set -> set.chunkSize = mib);
    }

    /** Sets the attempts to connect, and the seconds of the first pause between them. */
    public CinderOptions withConnecting(int attempts, int seconds) {
        refuseBelow(1, attempts, "attempts");
        refuseBelow(0, seconds, "seconds");
        return with(set -> {
            set.connectionRetries = attempts;
            set.connectionInterval = seconds;
        });
    }

    /** Sets the seconds that one attempt to connect may take. */
    public CinderOptions withConnectTimeout(int seconds) {
        refuseBelow(1, seconds, "seconds");
        return with(set -> set.connectTimeout = OptionalInt.of(seconds));
    }

    public CinderOptions withDynamicTotalCapacity(boolean dynamic) {
        return with(set -> set.dynamicTotalCapacity = dynamic);
    }

    public CinderOptions withExclusivePool(boolean exclusive) {
        return with(set -> set.exclusivePool = exclusive);
    }

    /** Deleted volumes go to the trash, from which a purge removes them after so many seconds. */
    public CinderOptions withDeferredDeletion(int delaySeconds) {
        refuseBelow(0, delaySeconds, "delaySeconds");
        return with(set -> {
            set.deferredDeletion = true;
            set.deferredDeletionDelay = delaySeconds;
        });
    }

    /** Sets the number of images that are flattened at once. */
    public CinderOptions withConcurrentFlattens(int most) {
        refuseBelow(1, most, "most");
        return with(set -> set.concurrentFlattens = OptionalInt.of(most));
    }

    /** Lets any number of images be flattened at once. */
    public CinderOptions withAnyConcurrentFlattens() {
        return with(set -> set.concurrentFlattens = OptionalInt.empty());
    }

    public CinderOptions withVolumeNameTemplate(String template) {
        Objects.requireNonNull(template, "template");
        return with(set -> set.volumeNameTemplate = template);
    }

    public CinderOptions withFeatures(long features) {
        return with(set -> set.features = OptionalLong.of(features));
    }

    public CinderOptions withWritesInFlight(int writes) {
        refuseBelow(1, writes, "writes");
        return with(set -> set.writesInFlight = writes);
    }

    public CinderOptions withBusyBudget(Duration budget) {
        if (Objects.requireNonNull(budget, "budget").isNegative()) {
            throw new IllegalArgumentException("budget: " + budget);
        }
        return with(set -> set.busyBudget = budget);
    }

    public CinderOptions withDeletePolicy(DeletePolicy policy) {
        Objects.requireNonNull(policy, "policy");
        return with(set -> set.deletePolicy = policy);
    }

    private static void refuseBelow(int least, int value, String argument) {
        if (value < least) {
            throw new IllegalArgumentException(argument + ": " + value + ", below " + least);
        }
    }

    /** @throws DriverException {@link Kind#INVALID_CONFIGURATION}, with the option's name */
    public void check() throws DriverException {
        demand(!values.pool.isEmpty(), "rbd_pool, which is empty");
        demand(!values.clusterName.isEmpty(), "rbd_cluster_name, which is empty");
        within(values.chunkSize, 1, MAX_CHUNK, "rbd_store_chunk_size (MiB)");
        within(values.writesInFlight, 1, MAX_WRITES, "the writes in flight");
        within(values.connectionRetries, 1, Integer.MAX_VALUE, "rados_connection_retries");
        within(values.connectionInterval, 0, Integer.MAX_VALUE, "rados_connection_interval (s)");
        within(values.deferredDeletionDelay, 0, Integer.MAX_VALUE, "deferred_deletion_delay (s)");
        within(values.purgeInterval, 1, Integer.MAX_VALUE, "deferred_deletion_purge_interval (s)");
        within(values.concurrentFlattens.orElse(0), 0, Integer.MAX_VALUE, "rbd_concurrent_flatten_operations");
        within(values.reservedPercentage, 0, 100, "reserved_percentage");
        demand(values.volumeNameTemplate.contains("%s"), "volume_name_template, which has no %s");
        demand(values.snapshotNameTemplate.contains("%s"), "snapshot_name_template, which has no %s");
        demand(!values.busyBudget.isNegative(), "the busy budget, which is " + values.busyBudget);
    }

    private static void within(int value, int least, int most, String option) throws DriverException {
        demand(
                value >= least && value <= most,
                option + ", which is " + value + " and not " + least + " to "
                        + (most == Integer.MAX_VALUE ? "any number" : most));
    }

    private static void demand(boolean fine, String what) throws DriverException {
        if (!fine) {
            throw new DriverException(Kind.INVALID_CONFIGURATION, "reading " + what);
        }
    }
}
