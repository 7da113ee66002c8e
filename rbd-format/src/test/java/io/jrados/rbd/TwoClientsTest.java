package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.rbd.model.LockHolder;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A librbd process and this client, with one image open in both: who owns its lock, and what each does for the other. */
@CephTest
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoClientsTest {
    private static final int MIB = 1 << 20;
    private static final int HAND_OVERS = Integer.getInteger("jrados.handovers", 60);

    private TestClient ours;
    private NativeClient theirs;

    @BeforeAll
    void connect(CephCluster shared) throws IOException {
        ours = new TestClient(shared, shared.pool(TwoClientsTest.class), TestClient.Mode.CRC);
        theirs = new NativeClient(shared, ours.pool.name());
    }

    @AfterAll
    void disconnect() throws IOException {
        theirs.close();
        ours.close();
    }

    /** An image with the lock, open here and there. */
    private Image open(String name, String... options) throws IOException {
        List<String> words = new ArrayList<>(
                List.of("create", "--size", "16M", "--image-feature", "layering,exclusive-lock", ours.spec(name)));
        words.addAll(List.of(options));
        ours.rbd(words.toArray(String[]::new));
        return openBoth(name);
    }

    private Image openBoth(String name) throws IOException {
        theirs.open(name);
        return ours.rbd.open(name);
    }

    private static void write(Image image, long offset, int value, int length) throws IOException {
        byte[] data = new byte[length];
        Arrays.fill(data, (byte) value);
        image.write(offset, ByteBuffer.wrap(data));
    }

    private static byte[] filled(int value, int length) {
        byte[] data = new byte[length];
        Arrays.fill(data, (byte) value);
        return data;
    }

    private boolean theyOwn() throws IOException {
        return theirs.run("image.is_exclusive_lock_owner()").equals("True");
    }

    @Test
    @Covers({"H61", "H62", "H65", "H66", "H69", "H70", "H71", "K5", "K8", "K10", "G179", "G180", "G182"})
    void theLockGoesToWhoeverWrites() throws IOException {
        try (Image image = open("alternating")) {
            for (int i = 1; i <= HAND_OVERS; i++) {
                long at = (i * 37L % 4000) * 4096;
                theirs.write(at, i % 251, 4096);
                assertThat(theyOwn()).isTrue();
                assertThat(image.lock().isOwned()).isFalse();
                assertThat(TestClient.read(image, at, 4096)).isEqualTo(filled(i % 251, 4096));
                write(image, at + 2048, (i + 100) % 251, 2048);
                assertThat(image.lock().isOwned()).isTrue();
                assertThat(theyOwn()).isFalse();
                assertThat(theirs.read(at, 2048)).isEqualTo(i % 251);
                assertThat(theirs.read(at + 2048, 2048)).isEqualTo((i + 100) % 251);
            }
            assertThat(ours.rbd("lock", "ls", ours.spec("alternating")).text())
                    .containsPattern("client\\." + ours.rados.instanceId() + " +auto \\d+ +" + ours.rados.address());
            assertThat(ours.rbd("status", ours.spec("alternating")).text())
                    .contains("client." + ours.rados.instanceId());
            LockHolder owner = image.lock().owner().orElseThrow();
            assertThat(owner.client()).isEqualTo("client." + ours.rados.instanceId());
            assertThat(theirs.run("list(image.lock_get_owners())")).contains(owner.address());
        }
        assertThat(ours.rbd("lock", "ls", ours.spec("alternating")).text()).isEmpty();
        theirs.run("image.close()");
    }
}
