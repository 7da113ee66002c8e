package io.jrados.rbd.wait;

import io.jrados.conf.CephConf;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The limits on an image's work in a second (src/librbd/io/QosImageDispatch.cc).
 *
 * @param limits those that are set
 * @param tick between two times that what waits is looked at
 * @param excluded kinds of requests that are not limited: {@code read}, {@code write}, {@code discard}, {@code
 *     write_same}, {@code compare_and_write}
 */
public record QosLimits(Map<Kind, Limit> limits, Duration tick, Set<String> excluded) {
    /** The subject of a limit: requests or bytes, of all kinds, of reads, or of all others. */
    enum Kind {
        IOPS("iops", true, true, false),
        READ_IOPS("read_iops", true, false, false),
        WRITE_IOPS("write_iops", false, true, false),
        BPS("bps", true, true, true),
        READ_BPS("read_bps", true, false, true),
        WRITE_BPS("write_bps", false, true, true);

        private final String option;
        private final boolean reads;
        private final boolean writes;
        private final boolean bytes;

        Kind(String option, boolean reads, boolean writes, boolean bytes) {
            this.option = option;
            this.reads = reads;
            this.writes = writes;
            this.bytes = bytes;
        }

        boolean concerns(boolean read) {
            return read ? reads : writes;
        }

        boolean isBytes() {
            return bytes;
        }
    }

    /**
     * @param perSecond on average
     * @param atOnce after some time of rest
     */
    record Limit(long perSecond, long atOnce) {}

    /** Returns the limits that {@code rbd_qos_*} set. */
    public static QosLimits of(CephConf conf) {
        Map<Kind, Limit> limits = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            String option = "rbd_qos_" + kind.option;
            long limit = number(conf, kind, option + "_limit");
            long burst = number(conf, kind, option + "_burst");
            long seconds = Math.max(1, conf.integer(option + "_burst_seconds"));
            if (limit > 0) {
                // As librbd, which refuses a burst below the limit.
                limits.put(kind, new Limit(limit, burst >= limit ? product(burst, seconds) : limit));
            }
        }
        return new QosLimits(
                Map.copyOf(limits),
                Duration.ofMillis(Math.max(1, conf.integer("rbd_qos_schedule_tick_min"))),
                Set.copyOf(Arrays.asList(conf.get("rbd_qos_exclude_ops").trim().split("[ ,+|]+"))));
    }

    private static long product(long burst, long seconds) {
        return burst > Long.MAX_VALUE / seconds ? Long.MAX_VALUE : burst * seconds;
    }

    private static long number(CephConf conf, Kind kind, String option) {
        return kind.bytes ? conf.bytes(option) : conf.integer(option);
    }

    /**
     * Returns the text of the limits that concern reads, or changes: "rbd_qos_iops_limit=100,
     * rbd_qos_bps_limit=1048576".
     */
    String text(boolean read) {
        return limits.entrySet().stream()
                .filter(limit -> limit.getKey().concerns(read))
                .map(limit -> "rbd_qos_" + limit.getKey().option + "_limit="
                        + limit.getValue().perSecond())
                .collect(Collectors.joining(", "));
    }
}
