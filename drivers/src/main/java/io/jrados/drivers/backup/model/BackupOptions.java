package io.jrados.drivers.backup.model;

import io.jrados.conf.CephConf;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.OptionReader;
import io.jrados.drivers.ServiceConf;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Options of the backups, named as those of Cinder's backup driver for Ceph. Immutable; begin with {@link #DEFAULT}, or
 * with the keys of a section of a {@code .conf} file, {@link #of}.
 */
public final class BackupOptions {
    /** Cinder's defaults: pool {@code backups}, user {@code cinder}, 128 MiB under way, all snapshots kept. */
    public static final BackupOptions DEFAULT = new BackupOptions(new Values(
            "/etc/ceph/ceph.conf", "cinder", 128L << 20, "backups", 0, 0, true, false, 0, 2, Duration.ofSeconds(60)));

    private static final long PIECE = 4L << 20;
    private static final int MOST_PIECES = 16;

    private final Values values;

    private record Values(
            String conf,
            String user,
            long chunk,
            String pool,
            long stripeUnit,
            long stripeCount,
            boolean discard,
            boolean journals,
            int snapshots,
            int metadata,
            Duration busy) {}

    /** The options while they are being changed. */
    private static final class Draft {
        private String conf;
        private String user;
        private long chunk;
        private String pool;
        private long stripeUnit;
        private long stripeCount;
        private boolean discard;
        private boolean journals;
        private int snapshots;
        private int metadata;
        private Duration busy;

        Draft(Values values) {
            conf = values.conf;
            user = values.user;
            chunk = values.chunk;
            pool = values.pool;
            stripeUnit = values.stripeUnit;
            stripeCount = values.stripeCount;
            discard = values.discard;
            journals = values.journals;
            snapshots = values.snapshots;
            metadata = values.metadata;
            busy = values.busy;
        }

        Values values() {
            return new Values(
                    conf, user, chunk, pool, stripeUnit, stripeCount, discard, journals, snapshots, metadata, busy);
        }
    }

    private BackupOptions(Values values) {
        this.values = values;
    }

    private BackupOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(values);
        change.accept(draft);
        return new BackupOptions(draft.values());
    }

    /**
     * Reads the options that are there; the others have their defaults, and unknown keys are other people's.
     *
     * @param keys of one section, such as {@code backup_ceph_pool}
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION} for a value that cannot be read
     */
    public static BackupOptions of(Map<String, String> keys) throws DriverException {
        OptionReader in = new OptionReader(Objects.requireNonNull(keys, "keys"));
        Values usual = DEFAULT.values;
        return new BackupOptions(new Values(
                in.text("backup_ceph_conf", usual.conf),
                in.text("backup_ceph_user", usual.user),
                in.number("backup_ceph_chunk_size", usual.chunk),
                in.text("backup_ceph_pool", usual.pool),
                in.number("backup_ceph_stripe_unit", usual.stripeUnit),
                in.number("backup_ceph_stripe_count", usual.stripeCount),
                in.bool("restore_discard_excess_bytes", usual.discard),
                in.bool("backup_ceph_image_journals", usual.journals),
                (int) in.number("backup_ceph_max_snapshots", usual.snapshots),
                (int) in.number("backup_metadata_version", usual.metadata),
                usual.busy));
    }

    /**
     * Reads them from {@code cinder.conf}, where they are in {@code [DEFAULT]}.
     *
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION} for a value that cannot be read, or not be used
     * @throws IOException when the file cannot be read
     */
    public static BackupOptions read(Path file) throws IOException {
        Objects.requireNonNull(file, "file");
        BackupOptions options = of(ServiceConf.read(file).section("DEFAULT"));
        options.check();
        return options;
    }

    /** Returns {@code backup_ceph_conf}, a path. */
    public String conf() {
        return values.conf;
    }

    /** Returns {@code backup_ceph_user}, without {@code client.}. */
    public String user() {
        return values.user;
    }

    /** Returns {@code backup_ceph_chunk_size}: bytes under way on each side, of which 64 MiB are used at most. */
    public long chunkSize() {
        return values.chunk;
    }

    /** Returns the number of pieces of 4 MiB that are under way on each side of a transfer. */
    public int depth() {
        return (int) Math.max(1, Math.min(MOST_PIECES, values.chunk / PIECE));
    }

    /** Returns {@code backup_ceph_pool}, for backups that name no container. */
    public String pool() {
        return values.pool;
    }

    /** Returns {@code backup_ceph_stripe_unit} in bytes; empty for the object size. */
    public OptionalLong stripeUnit() {
        return unlessNone(values.stripeUnit);
    }

    /** Returns {@code backup_ceph_stripe_count} in objects; empty for one. */
    public OptionalLong stripeCount() {
        return unlessNone(values.stripeCount);
    }

    /** Returns {@code restore_discard_excess_bytes}: what a target has behind the backup's end becomes zero. */
    public boolean discardExcessBytes() {
        return values.discard;
    }

    /** Returns {@code backup_ceph_image_journals}, which is refused: journals are not written yet. */
    public boolean imageJournals() {
        return values.journals;
    }

    /** Returns {@code backup_ceph_max_snapshots}: the newest ones that a volume keeps; empty for all. */
    public OptionalInt maxSnapshots() {
        return values.snapshots == 0 ? OptionalInt.empty() : OptionalInt.of(values.snapshots);
    }

    private static OptionalLong unlessNone(long number) {
        return number == 0 ? OptionalLong.empty() : OptionalLong.of(number);
    }

    /** Returns {@code backup_metadata_version}, 1 or 2. */
    public int metadataVersion() {
        return values.metadata;
    }

    /** Returns how long a base image in use is tried again before its removal fails. */
    public Duration busyBudget() {
        return values.busy;
    }

    /** Reads the configuration of {@link #conf} for {@link #user}. */
    public CephConf cephConf() throws RadosException {
        check();
        return CephConf.builder()
                .file(Path.of(values.conf))
                .name("client." + values.user)
                .build();
    }

    /** Refuses impossible values. */
    public void check() throws DriverException {
        refuseIf(values.conf.isEmpty(), "backup_ceph_conf, which is empty");
        refuseIf(values.user.isEmpty(), "backup_ceph_user, which is empty");
        refuseIf(values.pool.isEmpty(), "backup_ceph_pool, which is empty");
        refuseIf(values.chunk < 1, "backup_ceph_chunk_size, which is " + values.chunk);
        refuseIf(
                values.stripeUnit < 0 || values.stripeCount < 0 || values.stripeUnit == 0 != (values.stripeCount == 0),
                "backup_ceph_stripe_unit " + values.stripeUnit + " and backup_ceph_stripe_count " + values.stripeCount
                        + ", which must both be positive, or both 0");
        refuseIf(values.journals, "backup_ceph_image_journals: journals are not written yet");
        refuseIf(values.snapshots < 0, "backup_ceph_max_snapshots, which is " + values.snapshots);
        refuseIf(
                values.metadata != 1 && values.metadata != 2,
                "backup_metadata_version, which is " + values.metadata + " and neither 1 nor 2");
    }

    private static void refuseIf(boolean wrong, String option) throws DriverException {
        if (wrong) {
            throw new DriverException(Kind.INVALID_CONFIGURATION, "reading " + option);
        }
    }

    /** With another file and user to connect as. */
    public BackupOptions withClient(String conf, String user) {
        Objects.requireNonNull(conf, "conf");
        Objects.requireNonNull(user, "user");
        return with(draft -> {
            draft.conf = conf;
            draft.user = user;
        });
    }

    /** With another pool for backups that name no container. */
    public BackupOptions withPool(String pool) {
        Objects.requireNonNull(pool, "pool");
        return with(draft -> draft.pool = pool);
    }

    /** With another number of bytes under way. */
    public BackupOptions withChunkSize(long bytes) {
        refuseBelowOne(bytes, "bytes");
        return with(draft -> draft.chunk = bytes);
    }

    /** With base images that are striped. */
    public BackupOptions withStriping(long unit, long count) {
        refuseBelowOne(unit, "unit");
        refuseBelowOne(count, "count");
        return with(draft -> {
            draft.stripeUnit = unit;
            draft.stripeCount = count;
        });
    }

    /** With or without zeroes behind the end of what is restored. */
    public BackupOptions withDiscardExcessBytes(boolean discard) {
        return with(draft -> draft.discard = discard);
    }

    /** With another number of snapshots that a volume keeps. */
    public BackupOptions withMaxSnapshots(int snapshots) {
        refuseBelowOne(snapshots, "snapshots");
        return with(draft -> draft.snapshots = snapshots);
    }

    private static void refuseBelowOne(long value, String argument) {
        if (value < 1) {
            throw new IllegalArgumentException(argument + ": " + value);
        }
    }

    /** With another time for which a base image in use is tried again. */
    public BackupOptions withBusyBudget(Duration budget) {
        if (Objects.requireNonNull(budget, "budget").isNegative()) {
            throw new IllegalArgumentException("budget: " + budget);
        }
        return with(draft -> draft.busy = budget);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BackupOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "BackupOptions" + values.toString().substring("Values".length());
    }
}
