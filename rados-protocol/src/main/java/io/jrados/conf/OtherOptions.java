package io.jrados.conf;

import io.jrados.error.Printable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Names of Ceph's options that mean nothing to this client and are no mistake all the same: a ceph.conf that Ceph's
 * own clients read has some of them (src/common/options/global.yaml.in and rbd.yaml.in of releases 18 and 20). Names
 * that only daemons have are told by their beginnings. It also finds the known name that is nearest to a mistake.
 */
final class OtherOptions {
    private static final Set<String> NAMES = Set.of(
            """
            admin_socket admin_socket_mode chdir crash_dir crush_location_hook crush_location_hook_timeout
            enable_experimental_unrecoverable_data_corrupting_features erasure_code_dir event_tracing
            fatal_signal_handlers heartbeat_file heartbeat_interval heartbeat_inject_failure librados_thread_count
            lockdep lockdep_force_backtrace monmap no_config_file openssl_engine_opts
            osdc_blkin_trace_all perf pid_file plugin_dir run_dir setgroup setuser setuser_match_path thp
            throttler_perf_counter tmp_dir tmp_file_template container_image
            public_addr public_addrv public_bind_addr public_network public_network_interface
            cluster_addr cluster_network cluster_network_interface
            auth_debug auth_allow_insecure_global_id_reclaim auth_expose_insecure_global_id_reclaim
            auth_mon_ticket_ttl auth_service_ticket_ttl max_rotating_auth_attempts rotating_keys_bootstrap_timeout
            rotating_keys_renewal_timeout cephx_sign_messages cephx_require_signatures cephx_require_version
            cephx_cluster_require_signatures cephx_cluster_require_version cephx_service_require_signatures
            cephx_service_require_version gss_ktab_client_file gss_target_name
            clog_to_graylog clog_to_monitors clog_to_syslog err_to_graylog err_to_journald err_to_stderr err_to_syslog
            log_coarse_timestamps log_file log_flush_on_exit log_graylog_host log_graylog_port log_max_new
            log_max_recent log_stderr_prefix log_stop_at_utilization log_to_file log_to_graylog log_to_journald
            log_to_stderr log_to_syslog mon_cluster_log_file mon_cluster_log_to_stderr
            ms_async_op_threads ms_async_reap_threshold ms_bind_before_connect ms_bind_ipv4 ms_bind_ipv6 ms_bind_msgr1
            ms_bind_msgr2 ms_bind_port_max ms_bind_port_min ms_bind_prefer_ipv4 ms_bind_retry_count
            ms_bind_retry_delay ms_client_throttle_retry_time_interval ms_cluster_mode ms_cluster_type
            ms_compress_secure ms_die_on_bad_msg ms_die_on_bug ms_die_on_old_message ms_die_on_skipped_message
            ms_die_on_unhandled_msg ms_dump_corrupt_message_level ms_dump_on_send ms_inject_delay_max
            ms_inject_delay_probability ms_inject_delay_type ms_inject_internal_delays
            ms_inject_network_congestion ms_inject_socket_failures ms_learn_addr_from_peer ms_max_accept_failures
            ms_mon_cluster_mode ms_mon_service_mode ms_osd_compress_min_size ms_pq_max_tokens_per_priority
            ms_pq_min_cost ms_public_type ms_service_mode ms_shutdown_timeout ms_tcp_listen_backlog
            ms_tcp_prefetch_max_size ms_tcp_rcvbuf ms_time_events_min_wait_interval ms_type
            mon_client_bytes mon_client_directed_command_retry mon_client_hunt_interval_min_multiple
            mon_client_hunt_on_resend mon_client_log_interval mon_client_max_log_entries_per_message
            mon_client_target_rank mon_initial_members
            objecter_completion_locks_per_session objecter_debug_inject_relock_delay objecter_inject_no_watch_ping
            objecter_retry_writes_after_first_reply rados_tracing
            osd_crush_chooseleaf_type osd_journal_size osd_pool_default_crush_rule osd_pool_default_min_size
            osd_pool_default_pg_autoscale_mode osd_pool_default_pg_num osd_pool_default_pgp_num osd_pool_default_size
            rbd_blkin_trace_all rbd_cache_block_writes_upfront rbd_cache_max_dirty rbd_cache_max_dirty_age
            rbd_cache_max_dirty_object rbd_cache_size rbd_cache_target_dirty rbd_cache_writethrough_until_flush
            rbd_config_pool_override_update_timestamp rbd_default_format rbd_default_map_options rbd_default_pool
            rbd_disable_zero_copy_writes rbd_io_scheduler_simple_max_delay rbd_journal_commit_age
            rbd_journal_max_concurrent_object_sets rbd_journal_max_payload_bytes rbd_journal_object_flush_age
            rbd_journal_object_flush_bytes rbd_journal_object_flush_interval
            rbd_journal_object_max_in_flight_appends rbd_journal_object_writethrough_until_flush rbd_journal_order
            rbd_journal_pool rbd_journal_splay_width rbd_mirroring_delete_delay
            rbd_mirroring_max_mirroring_snapshots rbd_mirroring_replay_delay
            rbd_mirroring_resync_after_disconnect rbd_non_blocking_aio rbd_op_thread_timeout rbd_op_threads
            rbd_parent_cache_enabled rbd_persistent_cache_mode rbd_persistent_cache_path rbd_persistent_cache_size
            rbd_plugins rbd_tracing rbd_validate_names
            """
                    .strip()
                    .split("\\s+"));

    /** Beginnings of options of daemons, of CephFS and of what is logged. */
    private static final List<String> FAMILIES = List.of(
            "osd_",
            "mon_",
            "mds_",
            "mgr_",
            "rgw_",
            "client_",
            "bluestore_",
            "bluefs_",
            "bdev_",
            "filestore_",
            "journal_",
            "memstore_",
            "rocksdb_",
            "paxos_",
            "fuse_",
            "ms_async_rdma_",
            "ms_dpdk_",
            "immutable_object_cache_",
            "rbd_mirror_",
            "debug_");

    /** A name of a family is a mistake when it is as near as this to an option that this client honours. */
    private static final int NEAR = 2;

    /** Characters of a name that are compared: no option's is as long. */
    private static final int LONGEST = 128;

    private OtherOptions() {}

    /** Whether this client has a reason to doubt a name that it does not honour, wherever it is set. */
    static boolean isStrange(String option) {
        return !Option.isKnown(option) && !NAMES.contains(option) && !isOfSubsystem(option);
    }

    /** {@link #isStrange} for a name in a file that daemons read too. */
    static boolean isStrangeInFile(String option) {
        return isStrange(option)
                && (FAMILIES.stream().noneMatch(option::startsWith)
                        || option.length() <= LONGEST && distance(option, nearest(option)) <= NEAR);
    }

    /** Each part of a program has a level for what it logs (src/common/subsys.h). */
    private static boolean isOfSubsystem(String option) {
        return option.matches("debug_[a-z_]+");
    }

    /** The sentence about a strange name: that it is unknown, and the option that was probably meant. */
    static String correction(String option) {
        return Printable.quoted(option) + ": no option of that name is known, the nearest is " + nearest(option);
    }

    /** The option that this client honours whose name differs least, in characters. */
    static String nearest(String option) {
        List<String> names = new ArrayList<>(Option.names());
        String compared = option.length() > LONGEST ? option.substring(0, LONGEST) : option;
        names.sort(Comparator.comparingInt(name -> distance(compared, name)));
        return names.get(0);
    }

    /** The number of characters to add, take out or change (Levenshtein). */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
