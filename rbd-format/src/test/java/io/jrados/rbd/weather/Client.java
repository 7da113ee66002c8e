package io.jrados.rbd.weather;

import io.jrados.conf.CephConf;
import io.jrados.conf.CephConfBuilder;
import io.jrados.rados.Rados;
import io.jrados.rados.RadosBuilder;
import io.jrados.rados.RadosObserver;
import io.jrados.rados.Wait;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.TestConf;
import io.jrados.testkit.Bounded;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.FaultNetwork;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A client that several images share, with short deadlines, limits and hooks of the seed's choice. The user's executor
 * and observer throw now and then while the weather lasts. A client that was fenced is made anew by whoever notices
 * first.
 */
final class Client implements AutoCloseable {
    final String name;
    final Duration deadline;
    final FaultNetwork network = new FaultNetwork();
    private final CephCluster cluster;
    private final String pool;
    private final CephConf conf;
    private final boolean hostileUser;
    private final String traits;
    private final AtomicBoolean storm;
    private final AtomicLong calls = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Rados> dead = new ArrayList<>();
    private Rados rados;

    Client(CephCluster cluster, String pool, String name, Random random, AtomicBoolean storm) throws IOException {
        this.cluster = cluster;
        this.pool = pool;
        this.name = name;
        this.storm = storm;
        deadline = Duration.ofSeconds(1 + random.nextInt(5));
        hostileUser = random.nextInt(3) == 0;
        CephConfBuilder builder = TestConf.builder(cluster);
        StringBuilder text = new StringBuilder("deadline " + deadline);
        if (hostileUser) {
            text.append(", executor and observer that throw");
        }
        if (random.nextInt(3) == 0) {
            builder.set("rbd_qos_iops_limit", "200").set("rbd_qos_write_bps_limit", "4M");
            text.append(", qos");
        }
        if (random.nextInt(3) == 0) {
            builder.set("objecter_inflight_ops", "4").set("objecter_inflight_op_bytes", "256K");
            text.append(", few operations in flight");
        }
        if (random.nextInt(3) == 0) {
            String mode = "secure";
            builder.set("ms_client_mode", mode);
            text.append(", secure");
        }
        conf = builder.build();
        traits = text.toString();
        rados = connect();
    }

    private Rados connect() throws IOException {
        RadosBuilder builder = Rados.builder(conf)
                .connectDeadline(Duration.ofSeconds(60))
                .operationDeadline(deadline)
                .commandDeadline(Duration.ofSeconds(10))
                .translator(network);
        if (hostileUser) {
            builder.executor(task -> {
                        sometimesThrow("a user's executor");
                        task.run();
                    })
                    .observer(new RadosObserver() {
                        @Override
                        public void operationBegan(String where, boolean write) {
                            sometimesThrow("a user's observer");
                        }
                    });
        }
        return Wait.on(builder.connectAsync());
    }

    private void sometimesThrow(String who) {
        if (storm.get() && calls.incrementAndGet() % 97 == 0) {
            throw new RejectedExecutionException(who + " throws");
        }
    }

    Rados rados() {
        lock.lock();
        try {
            return rados;
        } finally {
            lock.unlock();
        }
    }

    Rbd rbd() throws IOException {
        return Rbd.on(rados().pool(pool));
    }

    /** Another client instead of one that was fenced. */
    void replace(Rados fenced) throws IOException {
        lock.lock();
        try {
            if (rados == fenced) {
                dead.add(fenced);
                rados = connect();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether the cluster really fenced it. */
    boolean isOnBlocklist(Rados fenced) throws IOException {
        return cluster.run("ceph", "osd", "blocklist", "ls").contains(fenced.address());
    }

    /** Each client must end in good weather. */
    @Override
    public void close() throws IOException {
        List<Rados> all = new ArrayList<>(dead);
        all.add(rados);
        for (Rados one : all) {
            Optional<Throwable> failure = Bounded.run("closing client " + name, Duration.ofSeconds(60), one::close);
            if (failure.isPresent()) {
                throw new AssertionError("closing client " + name + " throws " + failure.get(), failure.get());
            }
        }
        network.close();
    }

    @Override
    public String toString() {
        return name + " (" + traits + ")";
    }
}
