package io.jrados.rbd.lock;

import io.jrados.conf.CephConf;
import java.time.Duration;

/**
 * Options of the cooperation (src/common/options/rbd.yaml.in).
 *
 * @param policy at first
 * @param blocklist whether a dead owner is fenced before its lock is broken
 * @param blocklistFor how long; zero for the cluster's default
 * @param resendAfter how long an owner that has agreed to give the lock away may take, before it is asked again
 * @param silentFor how long those who wait for the lock wait for a sign of life of its owner
 * @param requestTimeout how long the owner may do a verb for others without a word about its progress
 * @param quiesceAttempts how often everybody is asked to hold still before a snapshot
 */
public record LockSettings(
        LockPolicy policy,
        boolean blocklist,
        Duration blocklistFor,
        Duration resendAfter,
        Duration silentFor,
        Duration requestTimeout,
        int quiesceAttempts) {

    public static LockSettings of(CephConf conf) {
        return new LockSettings(
                conf.bool("rbd_auto_exclusive_lock_until_manual_request") ? LockPolicy.AUTOMATIC : LockPolicy.MANUAL,
                conf.bool("rbd_blocklist_on_break_lock"),
                Duration.ofSeconds(conf.integer("rbd_blocklist_expire_seconds")),
                conf.duration("client_notify_timeout"),
                conf.deadlines().operation(),
                Duration.ofSeconds(conf.integer("rbd_request_timed_out_seconds")),
                (int) Math.max(1, conf.integer("rbd_quiesce_notification_attempts")));
    }
}
