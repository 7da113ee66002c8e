package io.jrados.rbd.weather;

import io.jrados.testkit.PrivateCephCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Rounds of bad weather on one cluster, each from a seed of its own, for so long as {@code -Djrados.weather.seconds}
 * says. {@code -Djrados.weather.seed} repeats one round of a seed that an earlier run printed.
 */
abstract class WeatherCampaign {
    private static final Duration STORM = Duration.ofSeconds(15);
    private static final int MOST_FINDINGS = 5;

    /** The seed of the seeds of a run without a length of its own: such a run repeats, a campaign looks for news. */
    private static final long EVERY_RUN = 1;

    private final int osds;
    private final int mons;

    WeatherCampaign(int osds, int mons) {
        this.osds = osds;
        this.mons = mons;
    }

    /** The seconds in which new rounds begin. */
    static int seconds() {
        return Integer.getInteger("jrados.weather.seconds", Math.max(1, Integer.getInteger("jrados.seconds", 0)));
    }

    /** The random numbers of what a run chooses before its first round. */
    static Random first() {
        Long one = Long.getLong("jrados.weather.seed");
        if (one != null) {
            return new Random(one);
        }
        return Integer.getInteger("jrados.weather.seconds") == null ? new Random(EVERY_RUN) : new Random();
    }

    @Test
    void noWeatherLosesOrLeavesAnything(PrivateCephCluster cluster) throws Exception {
        Long one = Long.getLong("jrados.weather.seed");
        Integer campaign = Integer.getInteger("jrados.weather.seconds");
        long end = System.nanoTime()
                + Duration.ofSeconds(campaign == null ? 40 : campaign).toNanos();
        Random seeds = campaign == null ? new Random(EVERY_RUN) : new Random();
        String pool = cluster.pool(getClass(), "a", 2);
        Remains remains = null;
        List<AssertionError> findings = new ArrayList<>();
        do {
            long seed = one != null ? one : seeds.nextInt(Integer.MAX_VALUE);
            System.out.println("weather of seed " + seed);
            Round round = new Round(cluster, pool, osds, mons, seed);
            try {
                round.run(STORM);
                System.out.println(round.summary());
                if (remains == null) {
                    remains = new Remains(); // what the first round leaves is kept for the next
                } else {
                    remains.judge();
                }
            } catch (AssertionError finding) {
                System.out.println("FINDING " + finding.getMessage());
                findings.add(finding);
                cluster.awaitHealthy();
                pool = cluster.pool(getClass(), "b" + findings.size(), 2);
                remains = null;
            }
        } while (System.nanoTime() < end && findings.size() < MOST_FINDINGS);
        if (!findings.isEmpty()) {
            AssertionError all = new AssertionError(
                    findings.size() + " findings, the first: " + findings.get(0).getMessage());
            findings.forEach(all::addSuppressed);
            throw all;
        }
    }
}
