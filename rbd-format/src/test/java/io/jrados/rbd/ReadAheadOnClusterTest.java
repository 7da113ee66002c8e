package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Reading ahead and reading sparsely, while a native client writes. */
@CephTest
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadAheadOnClusterTest {
    private static final int BLOCK = 16 << 10;
    private static final int MIB = 1 << 20;

    private CephCluster cluster;
    private TestClient client;

    @BeforeAll
    void connect(CephCluster shared) throws IOException {
        cluster = shared;
        client = new TestClient(shared, shared.pool(ReadAheadOnClusterTest.class), TestClient.Mode.CRC);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    @Test
    @Covers("H33")
    void whatAnotherClientWroteIsSeenAlthoughItHadBeenReadAhead() throws Exception {
        byte[] content = TestClient.bytes(1, 8 * MIB);
        client.imported(content, client.spec("followed"));
        client.rbd("config", "image", "set", client.spec("followed"), "rbd_cache_policy", "writethrough");
        client.rbd("config", "image", "set", client.spec("followed"), "rbd_readahead_trigger_requests", "2");
        try (Image image = client.rbd.open("followed");
                NativeClient other = new NativeClient(cluster, client.pool.name())) {
            other.open("followed");
            for (int round = 0; round < 20; round++) {
                image.write(7 * MIB, ByteBuffer.wrap(content, 7 * MIB, 512)); // so that the lock is ours
                int from = round * 4 * BLOCK;
                for (int block = 0; block < 4; block++) {
                    assertThat(TestClient.read(image, from + block * BLOCK, BLOCK))
                            .isEqualTo(Arrays.copyOfRange(content, from + block * BLOCK, from + block * BLOCK + BLOCK));
                }
                other.write(from + 4 * BLOCK, 1 + round, 2 * BLOCK);
                Arrays.fill(content, from + 4 * BLOCK, from + 6 * BLOCK, (byte) (1 + round));
                if (round % 2 == 0) {
                    image.invalidateCache();
                }
            }
            assertThat(TestClient.read(image)).isEqualTo(content);
        }
        assertThat(client.exported(client.spec("followed"))).isEqualTo(content);
    }

    @Test
    @Covers("H24")
    void holesReadAsZeroesWhateverTheThreshold() throws IOException {
        byte[] content = new byte[9 * MIB];
        for (int at = 0; at < 8 * MIB; at += MIB + 12_345) {
            System.arraycopy(TestClient.bytes(at, 70_000), 0, content, at, 70_000);
        }
        client.imported(content, client.spec("holes"));
        for (String threshold : new String[] {"1", "4096", "64K", "1G"}) {
            try (Image image = client.rbd.open("holes")) {
                image.setConfig("rbd_sparse_read_threshold_bytes", threshold);
            }
            try (Image image = client.rbd.open("holes")) {
                assertThat(TestClient.read(image)).as(threshold).isEqualTo(content);
                assertThat(TestClient.read(image, 4 * MIB - 3, MIB + 6))
                        .isEqualTo(Arrays.copyOfRange(content, 4 * MIB - 3, 5 * MIB + 3));
            }
        }
    }
}
