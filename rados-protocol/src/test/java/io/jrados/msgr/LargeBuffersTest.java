package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LargeBuffersTest {
    private static final int MIB = 1 << 20;

    private final LargeBuffers buffers = new LargeBuffers();

    @Test
    void memoryIsUsedAgain() {
        ByteBuf first = buffers.directBuffer(4 * MIB + 200, 4 * MIB + 200);
        int address = Addresses.of(first);
        assertThat(first.capacity()).isEqualTo(4 * MIB + 200);
        assertThat(first.isReadable()).isFalse();
        first.writeZero(4 * MIB + 200).release();
        assertThat(buffers.kept()).isEqualTo(4 * MIB + 256 * 1024);
        ByteBuf second = buffers.directBuffer(4 * MIB, 4 * MIB);

        assertThat(Addresses.of(second)).isEqualTo(address);
        assertThat(second.capacity()).isEqualTo(4 * MIB);
        assertThat(second.isReadable()).isFalse();
        assertThat(buffers.kept()).isZero();
        second.release();
    }

    @Test
    void memoryInUseIsNotGivenAgain() {
        ByteBuf buffer = buffers.directBuffer(MIB);
        ByteBuf slice = buffer.writeZero(10).readRetainedSlice(10);
        buffer.release();
        ByteBuf other = buffers.directBuffer(MIB);

        assertThat(Addresses.of(other)).isNotEqualTo(Addresses.of(slice));
        other.release();
        slice.release();
        assertThat(buffers.kept()).isEqualTo(2 * MIB);
    }

    @Test
    void memoryMuchTooLargeIsLeftForOthers() {
        buffers.directBuffer(8 * MIB).release();
        ByteBuf small = buffers.directBuffer(MIB);

        assertThat(buffers.kept()).isEqualTo(8 * MIB);
        small.release();
    }

    @Test
    void keepsNoMoreThanItsLimit() {
        List<ByteBuf> many = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            many.add(buffers.directBuffer(4 * MIB));
        }
        assertThat(buffers.directMemory()).isEqualTo(80 * MIB);
        many.forEach(ByteBuf::release);

        assertThat(buffers.kept()).isEqualTo(64 * MIB);
        assertThat(buffers.directMemory()).isEqualTo(64 * MIB);
    }

    @Test
    void bytesAreCopiedInAndOutAtTheirPlaces() {
        byte[] bytes = "0123456789".getBytes(StandardCharsets.US_ASCII);
        ByteBuf buffer = buffers.directBuffer(16, 64).writeZero(16);
        buffer.setBytes(1, bytes, 2, 3);
        buffer.setBytes(4, Unpooled.wrappedBuffer(bytes, 1, 8), 2, 4);
        ByteBuf direct = buffers.directBuffer(10).writeBytes(bytes);
        buffer.setBytes(8, direct, 5, 2);
        byte[] out = new byte[12];

        buffer.slice(1, 9).getBytes(0, out, 2, 9);
        assertThat(new String(out, StandardCharsets.US_ASCII)).isEqualTo("\0\0" + "234" + "3456" + "56" + "\0");
        buffer.release();
        direct.release();
    }

    @Test
    void aBufferThatHasGrownIsCopiedFromItsNewMemory() {
        byte[] bytes = {1, 2, 3};
        ByteBuf buffer = buffers.directBuffer(4, 64).writeBytes(bytes);
        buffer.capacity(32);
        buffer.setBytes(20, bytes);
        buffer.setByte(0, 9);
        byte[] out = new byte[23];

        buffer.getBytes(0, out);
        assertThat(out).startsWith(9, 2, 3).endsWith(1, 2, 3);
        buffer.release();
    }

    @Test
    void placesOutsideABufferAreRefusedAlthoughItsMemoryIsLarger() {
        ByteBuf buffer = buffers.directBuffer(16, 16);
        byte[] bytes = new byte[8];

        assertThatThrownBy(() -> buffer.getBytes(12, bytes, 0, 8)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.setBytes(12, bytes, 0, 8)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.setBytes(12, Unpooled.wrappedBuffer(bytes), 0, 8))
                .isInstanceOf(IndexOutOfBoundsException.class);
        buffer.release();
        assertThatThrownBy(() -> buffer.getBytes(0, bytes, 0, 8)).isInstanceOf(IllegalReferenceCountException.class);
        assertThatThrownBy(() -> buffer.setBytes(0, bytes, 0, 8)).isInstanceOf(IllegalReferenceCountException.class);
    }

    @Test
    void inboxesShareMemoryOfOneSize() {
        ByteBuf first = buffers.directBuffer(Inbox.INITIAL, Inbox.INITIAL);
        int address = Addresses.of(first);
        first.release();
        ByteBuf second = buffers.directBuffer(10_000, 10_000);

        assertThat(Addresses.of(second)).isEqualTo(address);
        assertThat(second.capacity()).isEqualTo(10_000);
        second.release();
        assertThat(buffers.kept()).isEqualTo(Inbox.INITIAL);
    }

    @Test
    void whatWasUsedLastIsUsedFirst() {
        ByteBuf first = buffers.directBuffer(MIB);
        ByteBuf second = buffers.directBuffer(MIB);
        int address = Addresses.of(second);
        first.release();
        second.release();
        ByteBuf third = buffers.directBuffer(MIB);

        assertThat(Addresses.of(third)).isEqualTo(address);
        third.release();
    }

    @Test
    void aQuarterOfAMebibyteServesWhatIsLargerThanAnInbox() {
        buffers.directBuffer(MIB / 4).release();
        ByteBuf buffer = buffers.directBuffer(Inbox.INITIAL + 1);

        assertThat(buffers.kept()).isZero();
        buffer.release();
    }

    @Test
    void shortBuffersShareMemoryOfOneSize() {
        ByteBuf first = buffers.directBuffer(64);
        assertThat(first.isDirect()).isTrue();
        assertThat(first.capacity()).isEqualTo(64);
        int address = Addresses.of(first);
        first.release();
        ByteBuf second = buffers.directBuffer(8 << 10);

        assertThat(Addresses.of(second)).isEqualTo(address);
        second.release();
        assertThat(buffers.kept()).isEqualTo(8 << 10);
    }

    /** The first buffer's memory is kept, not what it grew into. */
    @Test
    void aBufferMayGrowOutOfItsMemory() {
        ByteBuf buffer = buffers.directBuffer(1024);
        buffer.writeZero(20_000);
        assertThat(buffer.readableBytes()).isEqualTo(20_000);
        buffer.release();

        assertThat(buffers.kept()).isEqualTo(8 << 10);
    }
}
