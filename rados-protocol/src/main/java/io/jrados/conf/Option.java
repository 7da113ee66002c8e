package io.jrados.conf;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An option that this client honours: its kind, and Ceph's default or the one of {@link Deadlines}
 * (src/common/options/global.yaml.in and its neighbours).
 *
 * @param most a larger number counts as this
 */
record Option(String name, Kind kind, String preset, long most) {
    /** The syntax of a value. */
    enum Kind {
        TEXT,
        BOOL,
        /** With the decimal units K, M, G, T, P, E. */
        INTEGER,
        /** With the binary units K, Ki, M, ..., E, Ei, or B. */
        BYTES,
        /** Seconds, with a fraction or with units: {@code 0.2}, {@code 5 min}. */
        DURATION,
        DECIMAL,
        UUID,
        /** {@code crc} and {@code secure}, the preferred one first. */
        MODES
    }

    /** No number of seconds, requests or attempts needs more, and sums of them stay in range. */
    private static final long MAX_INTEGER = Integer.MAX_VALUE;

    private static final long MAX_BYTES = 1L << 60;

    /** Requests that a verb on many objects has under way at once. */
    static final long MAX_MANAGEMENT_OPS = 1024;

    /** The least type of key that a client uses: ours, Ceph has no such option. */
    static final String LEAST_KEY = "jrados_auth_min_key_type";

    private static final Map<String, Option> ALL = new TreeMap<>();

    static {
        text("host", "");
        add("fsid", Kind.UUID, "");
        text("mon_host", "");
        text("mon_host_override", "");
        text("mon_dns_srv_name", "ceph-mon");
        text("key", "");
        text("keyfile", "");
        text(
                "keyring",
                "/etc/ceph/$cluster.$name.keyring,/etc/ceph/$cluster.keyring,/etc/ceph/keyring,/etc/ceph/keyring.bin");
        text("auth_supported", "");
        // Ceph's own default goes on with none when a monitor, or whoever answers for it, refuses cephx
        text("auth_client_required", "cephx");
        text("auth_service_required", "cephx");
        text("auth_cluster_required", "cephx");
        text(LEAST_KEY, "aes");
        add("ms_client_mode", Kind.MODES, "crc secure");
        add("ms_mon_client_mode", Kind.MODES, "secure crc");
        add("ms_crc_data", Kind.BOOL, "true");
        add("ms_crc_header", Kind.BOOL, "true");
        add("ms_dispatch_throttle_bytes", Kind.BYTES, "100M");
        text("ms_osd_compress_mode", "none");
        text("ms_osd_compression_algorithm", "snappy");
        add("ms_tcp_nodelay", Kind.BOOL, "true");
        add("ms_connection_ready_timeout", Kind.DURATION, "10");
        add("ms_connection_idle_timeout", Kind.DURATION, "900");
        add("ms_initial_backoff", Kind.DURATION, "0.2");
        add("ms_max_backoff", Kind.DURATION, "15");
        add("mon_client_hunt_interval", Kind.DURATION, "3");
        add("mon_client_hunt_interval_backoff", Kind.DECIMAL, "1.5");
        add("mon_client_hunt_interval_max_multiple", Kind.DECIMAL, "10");
        add("mon_client_hunt_parallel", Kind.INTEGER, "3");
        add("mon_client_ping_interval", Kind.DURATION, "10");
        add("mon_client_ping_timeout", Kind.DURATION, "30");
        add("client_mount_timeout", Kind.DURATION, "0");
        add("rados_mon_op_timeout", Kind.DURATION, "0");
        add("rados_osd_op_timeout", Kind.DURATION, "0");
        add("objecter_tick_interval", Kind.DURATION, "5");
        add("objecter_timeout", Kind.DURATION, "10");
        add("objecter_inflight_op_bytes", Kind.BYTES, "100M");
        add("objecter_inflight_ops", Kind.INTEGER, "1024");
        add("client_notify_timeout", Kind.DURATION, "10");
        add("osd_client_watch_timeout", Kind.DURATION, "30");
        add("osd_heartbeat_grace", Kind.DURATION, "20");
        text("crush_location", "host=$host root=default");
        text("rados_replica_read_policy", "default");
        add("rados_replica_read_policy_on_objclass", Kind.BOOL, "false");
        add("rbd_default_order", Kind.INTEGER, "22");
        text("rbd_default_features", "layering,exclusive-lock,object-map,fast-diff,deep-flatten");
        text("rbd_default_data_pool", "");
        add("rbd_default_stripe_unit", Kind.BYTES, "0");
        add("rbd_default_stripe_count", Kind.INTEGER, "0");
        text("rbd_default_clone_format", "auto");
        add("rbd_concurrent_management_ops", Kind.INTEGER, "10", MAX_MANAGEMENT_OPS);
        add("rbd_discard_granularity_bytes", Kind.BYTES, "64K");
        add("rbd_skip_partial_discard", Kind.BOOL, "true");
        add("rbd_enable_alloc_hint", Kind.BOOL, "true");
        add("rbd_sparse_read_threshold_bytes", Kind.BYTES, "64K");
        add("rbd_cache", Kind.BOOL, "true");
        text("rbd_cache_policy", "writearound");
        add("rbd_readahead_trigger_requests", Kind.INTEGER, "10");
        add("rbd_readahead_max_bytes", Kind.BYTES, "512K");
        add("rbd_readahead_disable_after_bytes", Kind.BYTES, "50M");
        add("rbd_clone_copy_on_read", Kind.BOOL, "false");
        add("rbd_discard_on_zeroed_write_same", Kind.BOOL, "true");
        text("rbd_compression_hint", "none");
        add("rbd_mtime_update_interval", Kind.INTEGER, "60");
        add("rbd_atime_update_interval", Kind.INTEGER, "60");
        text("rbd_io_scheduler", "simple");
        text("rbd_read_from_replica_policy", "default");
        add("rbd_balance_snap_reads", Kind.BOOL, "false");
        add("rbd_localize_snap_reads", Kind.BOOL, "false");
        add("rbd_balance_parent_reads", Kind.BOOL, "false");
        add("rbd_localize_parent_reads", Kind.BOOL, "false");
        add("rbd_invalidate_object_map_on_timeout", Kind.BOOL, "true");
        for (String limit : new String[] {"iops", "read_iops", "write_iops", "bps", "read_bps", "write_bps"}) {
            Kind kind = limit.endsWith("iops") ? Kind.INTEGER : Kind.BYTES;
            add("rbd_qos_" + limit + "_limit", kind, "0");
            add("rbd_qos_" + limit + "_burst", kind, "0");
            add("rbd_qos_" + limit + "_burst_seconds", Kind.INTEGER, "1");
        }
        add("rbd_qos_schedule_tick_min", Kind.INTEGER, "50");
        text("rbd_qos_exclude_ops", "");
        add("rbd_validate_pool", Kind.BOOL, "true");
        add("rbd_auto_exclusive_lock_until_manual_request", Kind.BOOL, "true");
        add("rbd_blocklist_on_break_lock", Kind.BOOL, "true");
        add("rbd_blocklist_expire_seconds", Kind.INTEGER, "0");
        add("rbd_request_timed_out_seconds", Kind.INTEGER, "30");
        text("rbd_default_snapshot_quiesce_mode", "required");
        add("rbd_quiesce_notification_attempts", Kind.INTEGER, "10");
        add("rbd_move_to_trash_on_remove", Kind.BOOL, "false");
        add("rbd_move_to_trash_on_remove_expire_seconds", Kind.INTEGER, "0");
        add("rbd_move_parent_to_trash_on_remove", Kind.BOOL, "false");
    }

    private static void add(String name, Kind kind, String preset) {
        add(name, kind, preset, kind == Kind.BYTES ? MAX_BYTES : MAX_INTEGER);
    }

    private static void add(String name, Kind kind, String preset, long most) {
        ALL.put(name, new Option(name, kind, preset, most));
    }

    /** A number that is no more than this option's bound. */
    long within(long number) {
        return Math.min(number, most);
    }

    private static void text(String name, String preset) {
        add(name, Kind.TEXT, preset);
    }

    /** Options outside the family rbd_ that are looked at again and again. */
    private static final Set<String> LIVE = Set.of(
            "rados_mon_op_timeout",
            "rados_osd_op_timeout",
            "rados_replica_read_policy",
            "rados_replica_read_policy_on_objclass");

    /** Whether a client that is connected obeys a change. */
    static boolean isLive(String name) {
        return name.startsWith("rbd_") || LIVE.contains(name);
    }

    static Set<String> names() {
        return Collections.unmodifiableSet(ALL.keySet());
    }

    static boolean isKnown(String name) {
        return ALL.containsKey(name);
    }

    /** @throws IllegalArgumentException for a name that is not in the table */
    static Option of(String name) {
        Option option = ALL.get(name);
        if (option == null) {
            throw new IllegalArgumentException("no option " + name);
        }
        return option;
    }

    /** The form in which names are compared: underscores for spaces and dashes. */
    static String normal(String name) {
        return name.strip().replaceAll("[\\s-]+", "_");
    }
}
