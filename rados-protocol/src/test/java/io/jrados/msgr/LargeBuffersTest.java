package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
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
        long address = first.memoryAddress();
        first.release();
        ByteBuf second = buffers.directBuffer(8 << 10);

        assertThat(second.memoryAddress()).isEqualTo(address);
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
