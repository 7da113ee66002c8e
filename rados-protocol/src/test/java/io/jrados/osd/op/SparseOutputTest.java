package io.jrados.osd.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.wire.Encoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
        assertThat(read(new byte[4])).isEqualTo(new SparseData(List.of(), ByteBuffer.allocate(0)));
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
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut)).as("%d bytes", length).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    @Covers("E52")
    void lendsBytesUntilTheyAreNotUsedAnyMore() {
        ByteBuf output = Unpooled.directBuffer().writeBytes(output(15, 1000, 10, 1095, 5));
        CompletableFuture<Void> used = new CompletableFuture<>();
        List<Object> lent = new ArrayList<>();
        Object value = new SparseOutput(1000, 100)
                .to((extents, bytes) -> {
                    lent.addAll(extents);
                    lent.add(bytes.remaining());
                    lent.add(bytes.isReadOnly());
                    return used;
                })
                .read(output);
        assertThat(lent).containsExactly(new SparseData.Extent(1000, 10), new SparseData.Extent(1095, 5), 15, true);
        output.release();
        assertThat(output.refCnt()).as("in use").isEqualTo(1);
        used.complete(null);
        assertThat(output.refCnt()).as("given back").isZero();
        assertThat((CompletableFuture<?>) value).isCompleted();
    }

    @Test
    void aBorrowerThatThrowsHoldsNothing() {
        ByteBuf output = Unpooled.directBuffer().writeBytes(output(15, 1000, 15));
        Object value = new SparseOutput(1000, 100)
                .to((extents, bytes) -> {
                    throw new IllegalStateException("not today");
                })
                .read(output);
        assertThat((CompletableFuture<?>) value).isCompletedExceptionally();
        assertThat(output.refCnt()).isEqualTo(1);
        output.release();
    }

    @Test
    void lendsNothingThatIsMalformed() {
        ByteBuf output = Unpooled.wrappedBuffer(output(14, 1000, 15));
        Output lending = new SparseOutput(1000, 100).to((extents, bytes) -> CompletableFuture.completedFuture(null));
        assertThatThrownBy(() -> lending.read(output)).isInstanceOf(MalformedException.class);
        assertThat(output.refCnt()).isEqualTo(1);
    }

    /** Into the middle of a buffer that was full of something else. */
    private static ByteBuffer filled(ByteBuffer buffer, byte[] output) {
        while (buffer.hasRemaining()) {
            buffer.put((byte) 9);
        }
        buffer.limit(150).position(50);
        new SparseOutput(1000, 100).into(buffer).read(Unpooled.wrappedBuffer(output));
        return buffer;
    }

    private static byte[] ones(long... extents) {
        return Encoder.bytesOf(out -> {
            out.u32(extents.length / 2);
            int total = 0;
            for (int i = 0; i < extents.length; i++) {
                out.u64(extents[i]);
                total += i % 2 == 1 ? (int) extents[i] : 0;
            }
            byte[] data = new byte[total];
            Arrays.fill(data, (byte) 1);
            out.bytes(data);
        });
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    @Covers("E52")
    void fillsABufferWithZeroesWhereNothingWasWritten(boolean direct) {
        ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(200) : ByteBuffer.allocate(200);
        filled(buffer, ones(1010, 10, 1020, 5, 1090, 10));

        assertThat(buffer.position()).isEqualTo(150);
        buffer.clear();
        for (int i = 0; i < 200; i++) {
            int at = i - 50;
            int expected = at < 0 || at >= 100 ? 9 : at >= 10 && at < 25 || at >= 90 ? 1 : 0;
            assertThat(buffer.get(i)).as("byte %d", at).isEqualTo((byte) expected);
        }
    }

    @Test
    void nothingWrittenFillsABufferWithZeroes() {
        ByteBuffer buffer = filled(ByteBuffer.allocate(200), new byte[4]);
        assertThat(Arrays.copyOfRange(buffer.array(), 50, 150)).containsOnly(0);
        assertThat(buffer.get(49)).isEqualTo((byte) 9);
        assertThat(buffer.array()[150]).isEqualTo((byte) 9);
    }

    @Test
    void whatIsMalformedIsRefusedForABufferToo() {
        byte[] whole = ones(1000, 10, 1095, 5);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> filled(ByteBuffer.allocate(200), cut))
                    .as("%d bytes", length)
                    .isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() ->
                        new ReadOperation().sparseRead(0, ByteBuffer.allocate(1).asReadOnlyBuffer()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
