package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The log and the observer of a client whose cluster has troubles. */
@PrivateCephTest(osds = 1, store = PrivateCephTest.Store.BLUESTORE)
@Timeout(120)
class NewsTest {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    private final RadosObserver observer = new RadosObserver() {
        @Override
        public void operationHeld(String pool, boolean begin) {
            told.add("held " + begin);
        }

        @Override
        public void poolFull(String pool, boolean begin) {
            told.add("full " + begin);
        }

        @Override
        public void watchLost(String pool, Errno why) {
            told.add("watch lost " + why);
        }
    };

    private static final Watch.Listener DEAF = new Watch.Listener() {
        @Override
        public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
            return message;
        }

        @Override
        public void onError(RadosException error) {}
    };

    private void awaits(String event) throws InterruptedException {
        for (String next = ""; !event.equals(next); ) {
            next = told.poll(60, TimeUnit.SECONDS);
            assertThat(next).as("waiting for %s", event).isNotNull();
        }
    }

    /** A client that has nothing to do hears of a newer map only when it asks. */
    private void awaitsInMaps(Rados rados, String event) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        for (String next = ""; !event.equals(next); next = told.poll(20, TimeUnit.MILLISECONDS)) {
            assertThat(System.nanoTime()).as("waiting for %s", event).isLessThan(end);
            Wait.on(rados.waitForLatestOsdMapAsync());
        }
    }

    @Test
    @Covers("F13")
    void troublesAreLoggedAndToldTheObserver(PrivateCephCluster cluster) throws Exception {
        String name = cluster.pool(NewsTest.class);
        PrintStream stderr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            try (Rados rados = Wait.on(
                    Rados.builder(Clients.conf(cluster)).observer(observer).connectAsync())) {
                Pool pool = rados.pool(name);
                pool.writeFull("object", ByteBuffer.allocate(1));
                cluster.pause("osd.0");
                CompletableFuture<?> write = pool.appendAsync("object", ByteBuffer.allocate(1));
                awaits("held true");
                cluster.resume("osd.0");
                Wait.on(write);
                awaits("held false");

                cluster.pause("osd.0");
                CompletableFuture<?> another = pool.appendAsync("object", ByteBuffer.allocate(1));
                cluster.kill("osd.0");
                cluster.revive("osd.0");
                Wait.on(another);

                Wait.on(pool.watchAsync("object", DEAF));
                pool.remove("object");
                awaits("watch lost ENOTCONN");

                cluster.run("ceph", "tell", "osd.0", "injectfull", "full", "1000000");
                awaitsInMaps(rados, "full true");
                cluster.run("ceph", "tell", "osd.0", "injectfull", "none", "0");
                awaitsInMaps(rados, "full false");
            }
        } finally {
            System.setErr(stderr);
        }
        assertThat(log.toString(StandardCharsets.UTF_8))
                .contains("held for 5 s: ", "no longer held: ")
                .contains("osd.0 at ", "[osd.0] is lost: ", "[osd.0] is back after ")
                .contains("the watch of ", " is lost: ")
                .contains("pool " + name + " is full or over its quota", "pool " + name + " has room again");
    }
}
