package io.jrados.osd.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.wire.Encoder;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A request of 100 bytes at 1000. */
class SparseOutputTest {
    private static SparseData read(byte[] output) {
        return new SparseOutput(1000, 100).read(Unpooled.wrappedBuffer(output));
    }

    private static byte[] output(int bytes, long... extents) {
        return Encoder.bytesOf(out -> {
            out.u32(extents.length / 2);
            for (long number : extents) {
                out.u64(number);
            }
            out.bytes(new byte[bytes]);
        });
    }

    @Test
    @Covers("E52")
    void readsExtentsAndTheirBytes() {
        SparseData data = read(output(15, 1000, 10, 1095, 5));

        assertThat(data.extents()).containsExactly(new SparseData.Extent(1000, 10), new SparseData.Extent(1095, 5));
        assertThat(data.data().remaining()).isEqualTo(15);
    }

    @Test
    void nothingWrittenIsNoExtent() {
        assertThat(read(output(0)).extents()).isEmpty();
    }

    @Test
    void anErasureCodedPoolLeavesOutTheBytesOfNothing() {
        assertThat(read(new byte[4])).isEqualTo(new SparseData(java.util.List.of(), ByteBuffer.allocate(0)));
    }

    @ParameterizedTest
    @CsvSource({
        "before the request, 999, 10, 1050, 1",
        "overlapping, 1000, 10, 1009, 5",
        "backwards, 1050, 10, 1000, 5",
        "after the request, 1000, 10, 1100, 1",
        "over the end, 1000, 10, 1090, 11",
        "negative length, 1000, 10, 1020, -5",
        "length that overflows, 1000, 10, 1020, 9223372036854775807",
        "negative offset, 1000, 10, -1, 5",
    })
    void refusesExtentsThatAreElsewhere(String how, long offset, long length, long offset2, long length2) {
        int bytes = (int) Math.max(0, Math.min(length + length2, 200));
        assertThatThrownBy(() -> read(output(bytes, offset, length, offset2, length2)))
                .as(how)
                .isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @CsvSource({"9", "11", "0"})
    void refusesBytesThatAreNotTheExtents(int bytes) {
        assertThatThrownBy(() -> read(output(bytes, 1000, 10))).isInstanceOf(MalformedException.class);
    }

    @Test
    void refusesEveryTruncation() {
        byte[] whole = output(15, 1000, 10, 1095, 5);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut)).as("%d bytes", length).isInstanceOf(MalformedException.class);
        }
    }
}
