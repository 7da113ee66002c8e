package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkPipelineTest {
    @Test
    void findsTheOneByteThatIsNotZero() {
        for (int length = 0; length < 40; length++) {
            assertThat(ChunkPipeline.isZero(ByteBuffer.allocateDirect(length))).isTrue();
            for (int at = 0; at < length; at++) {
                ByteBuffer data = ByteBuffer.allocateDirect(length).put(at, (byte) 1);
                assertThat(ChunkPipeline.isZero(data))
                        .as("%d of %d", at, length)
                        .isFalse();
            }
        }
    }

    @Test
    void everySourceGivesTheSameBytes() throws IOException {
        byte[] bytes = new byte[200_000];
        new Random(7).nextBytes(bytes);
        ByteSource pieces = ByteSource.of(List.of(
                        ByteBuffer.wrap(bytes, 0, 0),
                        ByteBuffer.wrap(bytes, 0, 150_001),
                        ByteBuffer.wrap(bytes, 150_001, 49_999))
                .iterator());
        ByteSource stream = ByteSource.of(new ByteArrayInputStream(bytes));
        ByteSource channel = ByteSource.of(Channels.newChannel(new ByteArrayInputStream(bytes)));
        for (ByteSource source : List.of(pieces, stream, channel)) {
            ByteBuffer all = ByteBuffer.allocate(bytes.length + 1);
            while (source.read(all)) {
                assertThat(all.position()).isLessThanOrEqualTo(bytes.length);
            }
            assertThat(all.flip()).isEqualTo(ByteBuffer.wrap(bytes));
        }
    }
}
