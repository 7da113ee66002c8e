package io.jrados.mon;

import java.time.Duration;

/**
 * The behavior of the monitor client, by Ceph's options of the same names.
 *
 * @param huntParallel monitors tried at once
 * @param huntInterval after which others are tried
 * @param huntBackoff grows that interval with each further hunt
 * @param huntMaxMultiple up to so many times
 * @param pingInterval between signs of life
 * @param pingTimeout without one another monitor is looked for
 */
public record MonSettings(
        int huntParallel,
        Duration huntInterval,
        double huntBackoff,
        double huntMaxMultiple,
        Duration pingInterval,
        Duration pingTimeout) {
    public static final MonSettings DEFAULT =
            new MonSettings(3, Duration.ofSeconds(3), 1.5, 10, Duration.ofSeconds(10), Duration.ofSeconds(30));
}
