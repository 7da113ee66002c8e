package io.jrados.rbd.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.rbd.format.Layout.Range;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ZeroesTest {
    @Test
    void findsTheRunsOfBlocksWithData() {
        int size = 5 * Zeroes.BLOCK + 100;
        ByteBuffer bytes = ByteBuffer.allocateDirect(size + 10).limit(size);
        assertThat(Zeroes.dataOf(bytes)).isEmpty();
        bytes.put(Zeroes.BLOCK - 1, (byte) 1).put(Zeroes.BLOCK, (byte) 1).put(3 * Zeroes.BLOCK + 5, (byte) 1);
        assertThat(Zeroes.dataOf(bytes))
                .containsExactly(new Range(0, 2 * Zeroes.BLOCK), new Range(3 * Zeroes.BLOCK, Zeroes.BLOCK));
        bytes.put(size - 1, (byte) 1);
        assertThat(Zeroes.dataOf(bytes))
                .containsExactly(
                        new Range(0, 2 * Zeroes.BLOCK),
                        new Range(3 * Zeroes.BLOCK, Zeroes.BLOCK),
                        new Range(5 * Zeroes.BLOCK, 100));
    }

    @Test
    void aBufferOfCopyUpsIsTakenAgainOnlyWhereItFits() {
        CopyUpBuffers buffers = new CopyUpBuffers(1 << 20);
        ByteBuffer first = buffers.take(100_000);
        assertThat(first.remaining()).isEqualTo(100_000);
        buffers.give(first.put(0, (byte) 7));
        assertThat(buffers.take(20_000).get(0)).isZero();
        ByteBuffer again = buffers.take(90_000);
        assertThat(again.get(0)).isEqualTo((byte) 7);
        assertThat(again.remaining()).isEqualTo(90_000);
        buffers.give(again);
        buffers.give(buffers.take(0));
        buffers.give(buffers.take(2 << 20));
        assertThat(buffers.take(100_000).get(0)).isZero();
    }
}
