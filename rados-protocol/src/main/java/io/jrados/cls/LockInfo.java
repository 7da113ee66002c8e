package io.jrados.cls;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state of a lock and its holders: cls_lock_get_info_reply (src/cls/lock/cls_lock_ops.h).
 *
 * @param lockers none when nobody holds it; those whose time is over are left out
 * @param type of the holdings; what it last was when nobody holds it
 * @param tag as {@link #type}
 */
public record LockInfo(List<Locker> lockers, LockType type, String tag) {
    /**
     * One holder.
     *
     * @param client its name: {@code client.4123}
     * @param expires when the cluster forgets it
     * @param address of the client as a blocklist names it: {@code 127.0.0.1:0/123456}
     */
    public record Locker(String client, String cookie, Optional<Instant> expires, String address, String description) {}
}
