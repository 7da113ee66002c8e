package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OSDs that compress what they send, of release 18. On request: {@code -Dtest=CompressionCheck}. */
@PrivateCephTest(
        release = "18",
        osds = 1,
        conf = {
            "ms osd compress mode = force",
            "ms osd compression algorithm = snappy zlib lz4",
            "ms osd compress min size = 128",
            "ms compress secure = true"
        })
class CompressionCheck {
    @ParameterizedTest
    @CsvSource({"snappy, crc", "zlib, crc", "lz4, crc", "zstd, crc", "snappy, secure", "lz4, secure"})
    @Covers({"A16", "A17"})
    void whatIsReadIsWhatWasWritten(String algorithm, String mode, PrivateCephCluster cluster) throws Exception {
        CephConf conf = CephConf.builder()
                .file(cluster.conf())
                .set("ms_osd_compress_mode", "force")
                .set("ms_osd_compression_algorithm", algorithm)
                .set("ms_client_mode", mode)
                .build();
        Random random = new Random(1);
        byte[] content = new byte[3 << 20];
        for (int at = 0; at < content.length; at++) {
            content[at] = (byte) (at % 7000 < 3500 ? random.nextInt() : at >> 4);
        }
        try (Rados rados = Rados.connect(conf)) {
            Pool pool = rados.pool(cluster.pool(getClass()));
            pool.writeFull(algorithm + mode, ByteBuffer.wrap(content));
            for (int i = 0; i < 5; i++) {
                ByteBuffer read = ByteBuffer.allocate(content.length);
                assertThat(pool.read(algorithm + mode, 0, read)).isEqualTo(content.length);
                assertThat(read.array()).isEqualTo(content);
            }
        }
    }
}
