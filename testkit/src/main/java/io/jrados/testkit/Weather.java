package io.jrados.testkit;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Bad weather from a seed: one event after the other, each over before the next begins, shorter or longer than
 * deadlines and than the cluster's own patience. At its end everything runs and passes again.
 */
public final class Weather {
    /** Monitors look at quotas every second or so, and learn from the manager how much there is. */
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(30);

    private final PrivateCephCluster cluster;
    private final String pool;
    private final List<FaultNetwork> networks;
    private final Random random;
    private final int osds;
    private final int mons;
    private final List<String> log = new ArrayList<>();
    private final CountDownLatch never = new CountDownLatch(1);

    /** @param pool the one that is over its quota at times */
    public Weather(
            PrivateCephCluster cluster, String pool, List<FaultNetwork> networks, int osds, int mons, Random random) {
        this.cluster = cluster;
        this.pool = pool;
        this.networks = networks;
        this.osds = osds;
        this.mons = mons;
        this.random = random;
    }

    /** Blocks until {@code end}, on {@link System#nanoTime}'s clock, or a little longer. */
    public void blow(long end) throws Exception {
        while (System.nanoTime() < end) {
            event();
            last(random.nextInt(1500));
        }
    }

    private void last(long millis) throws InterruptedException {
        never.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Short of a second, of the deadlines, or of the grace after which an OSD is called dead. */
    private long length() {
        return switch (random.nextInt(3)) {
            case 0 -> 100 + random.nextInt(900);
            case 1 -> 1000 + random.nextInt(4000);
            default -> 5000 + random.nextInt(4000);
        };
    }

    private void event() throws Exception {
        long length = length();
        String osd = "osd." + random.nextInt(osds);
        String mon = "mon." + (char) ('a' + random.nextInt(mons));
        switch (random.nextInt(13)) {
            case 0, 1, 2 -> during(osd + " stopped", length, () -> cluster.pause(osd), () -> cluster.resume(osd));
            case 3 -> during(mon + " stopped", length, () -> cluster.pause(mon), () -> cluster.resume(mon));
            case 4 -> during(osd + " killed", length, () -> cluster.kill(osd), () -> cluster.revive(osd));
            case 5 -> during(mon + " killed", length, () -> cluster.kill(mon), () -> cluster.revive(mon));
            case 6 -> network("stalled", length, Fault.stalled());
            case 7 -> network("without answers", length, Fault.stalled().only(Fault.Ways.TO_CLIENT));
            case 8 -> network("a black hole", length, Fault.blackhole());
            case 9 ->
                network(
                        "slow",
                        length,
                        Fault.none().delayed(Duration.ofMillis(20)).resettingEvery(300_000));
            case 10 ->
                during(
                        "cluster paused",
                        length,
                        () -> cluster.run("ceph", "osd", "pause"),
                        () -> cluster.run("ceph", "osd", "unpause"));
            case 11 -> during("pool over its quota", length, () -> quota("1"), () -> quota("0"));
            default -> during("disks full", length, () -> full("full", "1000000"), () -> full("none", "0"));
        }
    }

    /** Blocks until the quota is reached, or lifted. */
    private void quota(String maxObjects) throws Exception {
        cluster.run("ceph", "osd", "pool", "set-quota", pool, "max_objects", maxObjects);
        long end = System.nanoTime() + NOTICED_WITHIN.toNanos();
        while (isOverQuota() == maxObjects.equals("0")) {
            if (System.nanoTime() > end) {
                throw new AssertionError("monitors do not notice a quota of " + maxObjects + " objects");
            }
            last(200);
        }
    }

    private boolean isOverQuota() throws IOException {
        return cluster.run("ceph", "osd", "pool", "ls", "detail")
                .lines()
                .anyMatch(line -> line.contains("'" + pool + "'") && line.contains("full_quota"));
    }

    private void full(String state, String count) throws IOException {
        for (int osd = 0; osd < osds; osd++) {
            cluster.run("ceph", "tell", "osd." + osd, "injectfull", state, count);
        }
    }

    private void network(String what, long length, Fault fault) throws Exception {
        FaultNetwork network = networks.get(random.nextInt(networks.size()));
        int number = networks.indexOf(network);
        during("network of client " + number + " " + what, length, () -> network.apply(fault), () -> {
            boolean swallows = fault.flow() == Fault.Flow.BLACKHOLE;
            if (swallows) {
                network.resetAll(); // before anything passes behind what was swallowed: TCP has no such gaps
            }
            network.apply(Fault.none());
            if (swallows) {
                network.resetAll(); // those that began meanwhile
            }
        });
    }

    private interface Deed {
        void act() throws Exception;
    }

    private void during(String what, long length, Deed begin, Deed end) throws Exception {
        log.add(what + " for " + length + " ms");
        begin.act();
        try {
            last(length);
        } finally {
            end.act();
        }
    }

    /** The events that there were, in order. */
    public List<String> log() {
        return log;
    }
}
