package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * A process of ours that owns a lock and is killed, or stopped and continued: librbd fences it, and none of its writes
 * land.
 */
@PrivateCephTest(conf = {"osd client watch timeout = 8"})
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FencedProcessTest {
    private static final int LENGTH = 8 * 4096;

    private PrivateCephCluster cluster;
    private TestClient ours;

    @BeforeAll
    void connect(PrivateCephCluster own) throws IOException {
        cluster = own;
        ours = new TestClient(own, own.pool(FencedProcessTest.class), TestClient.Mode.CRC);
    }

    @AfterAll
    void disconnect() {
        ours.close();
    }

    private boolean isFenced(OurProcess process) throws IOException {
        return cluster.run("ceph", "osd", "blocklist", "ls").contains(process.address());
    }

    private byte[] start(String image) throws IOException {
        return Arrays.copyOf(ours.exported(ours.spec(image)), LENGTH);
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[LENGTH];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    @Covers({"H63", "K9", "H120", "G181"})
    void anOwnerThatIsKilledIsFencedAndItsWritesDoNotLand() throws Exception {
        ours.rbd("create", "--size", "16M", ours.spec("killed"));
        try (OurProcess victim = new OurProcess(cluster, ours.pool.name(), "killed");
                NativeClient native1 = new NativeClient(cluster, ours.pool.name())) {
            assertThat(victim.ask("write")).isEqualTo("ok");
            native1.open("killed");
            assertThat(native1.run("len(list(image.lock_get_owners()))")).isEqualTo("1");
            assertThat(victim.ask("stream")).isEqualTo("ok");
            victim.kill();
            native1.write(0, 7, LENGTH);
            assertThat(isFenced(victim)).isTrue();
            assertThat(native1.run("image.is_exclusive_lock_owner()")).isEqualTo("True");
            assertThat(native1.read(0, LENGTH)).isEqualTo(7);
        }
        assertThat(start("killed")).isEqualTo(filled(7));
        ours.rbd("object-map", "check", "--no-progress", ours.spec("killed"));
        assertThat(ours.rbd("info", ours.spec("killed")).text()).doesNotContain("invalid");
        assertThat(ours.rbd("lock", "ls", ours.spec("killed")).text()).isEmpty();
    }

    @Test
    @Covers({"H63", "H64", "K9", "K11", "H120"})
    void anOwnerThatIsStoppedRefusesForGoodWhenItGoesOn() throws Exception {
        ours.rbd("create", "--size", "16M", ours.spec("stopped"));
        try (OurProcess victim = new OurProcess(cluster, ours.pool.name(), "stopped");
                NativeClient native1 = new NativeClient(cluster, ours.pool.name())) {
            assertThat(victim.ask("write")).isEqualTo("ok");
            assertThat(victim.ask("stream")).isEqualTo("ok");
            victim.signal("-STOP");
            native1.open("stopped");
            native1.write(0, 7, LENGTH);
            assertThat(isFenced(victim)).isTrue();
            victim.signal("-CONT");
            assertThat(victim.ask("streamed")).isEqualTo("FencedException");
            assertThat(native1.read(0, LENGTH)).isEqualTo(7);

            cluster.run("ceph", "osd", "blocklist", "rm", victim.address());
            for (String request : List.of("write", "read", "discard", "snapshot", "resize", "lock")) {
                assertThat(victim.ask(request))
                        .as("%s, although the fence is down", request)
                        .isEqualTo("FencedException");
            }
            assertThat(native1.read(0, LENGTH)).isEqualTo(7);
            assertThat(native1.run("image.is_exclusive_lock_owner()")).isEqualTo("True");
            assertThat(native1.run("list(image.list_snaps())")).isEqualTo("[]");
        }
        assertThat(start("stopped")).isEqualTo(filled(7));
        ours.rbd("object-map", "check", "--no-progress", ours.spec("stopped"));
        assertThat(ours.rbd("info", ours.spec("stopped")).text()).doesNotContain("invalid");
    }
}
