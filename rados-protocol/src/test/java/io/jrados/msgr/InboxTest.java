package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.RecvByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InboxTest {
    private final Inbox inbox = new Inbox(ByteBufAllocator.DEFAULT);
    private final Inbox.MaxMessageHandle socket = inbox.newHandle();

    @AfterEach
    void close() {
        inbox.close();
    }

    /** Acts as a channel whose socket has {@code available} bytes; how many it took. */
    private int read(int available) {
        ByteBuf into = socket.allocate(ByteBufAllocator.DEFAULT);
        int taken = Math.min(available, into.writableBytes());
        into.writeZero(taken);
        inbox.received(into);
        return taken;
    }

    @Test
    void theSocketIsReadStraightIntoIt() {
        ByteBuf into = socket.allocate(ByteBufAllocator.DEFAULT);
        into.writeLong(1);
        inbox.received(into);

        assertThat(inbox.bytes()).isSameAs(into);
        assertThat(into.refCnt()).isOne();
    }

    @Test
    void growsWithWhatCameAndNotWithWhatIsAnnounced() {
        int frame = 100 << 20;
        inbox.wanted(frame);
        int came = 0;
        while (came < 3 << 20) {
            came += read(1 << 20);
            assertThat(inbox.bytes().capacity()).isLessThanOrEqualTo(Math.max(64 << 10, 128 * came));
        }
        assertThat(inbox.bytes().readableBytes()).isEqualTo(came);
    }

    @Test
    void aLargeFrameEndsWhereTheBufferEnds() {
        int frame = (4 << 20) + 200;
        inbox.wanted(frame);
        int came = 0;
        while (came < frame) {
            came += read(frame + 5000 - came);
        }
        assertThat(came).isEqualTo(frame);
        assertThat(inbox.bytes().capacity()).isEqualTo(frame);
    }

    @Test
    void slicesOutliveIt() {
        read(1000);
        ByteBuf slice = inbox.bytes().readRetainedSlice(1000);
        inbox.rest();
        read(10);
        assertThat(inbox.bytes().readableBytes()).isEqualTo(10);
        inbox.close();

        assertThat(slice.readableBytes()).isEqualTo(1000);
        assertThat(slice.release()).isTrue();
    }

    @Test
    void bytesInASliceAreNotOverwritten() {
        read(64 << 10);
        ByteBuf slice = inbox.bytes().readRetainedSlice(64 << 10);
        ByteBuf into = socket.allocate(ByteBufAllocator.DEFAULT);
        into.writeLong(-1);
        inbox.received(into);

        assertThat(slice.getLong(0)).isZero();
        assertThat(inbox.bytes().readableBytes()).isEqualTo(8);
        slice.release();
    }

    @Test
    void isUsedAgainWhenAllIsTaken() {
        read(60 << 10);
        ByteBuf first = inbox.bytes();
        first.skipBytes(60 << 10);
        read(60 << 10);

        assertThat(inbox.bytes()).isSameAs(first);
        assertThat(first.readableBytes()).isEqualTo(60 << 10);
    }

    @Test
    void anIdleConnectionKeepsNoMemory() {
        read(10);
        ByteBuf buffer = inbox.bytes();
        inbox.rest();
        assertThat(buffer.refCnt()).isOne();
        buffer.skipBytes(10);
        inbox.rest();
        assertThat(buffer.refCnt()).isZero();
        assertThat(inbox.bytes().isReadable()).isFalse();
    }

    @Test
    void aReadAfterTheEndIsDropped() {
        read(10);
        ByteBuf buffer = inbox.bytes();
        inbox.close();
        assertThat(buffer.refCnt()).isZero();
        RecvByteBufAllocator.ExtendedHandle last = socket;
        ByteBuf into = last.allocate(ByteBufAllocator.DEFAULT);
        into.writeByte(1);
        inbox.received(into);
        assertThat(into.refCnt()).isZero();
    }

    @Test
    void takesBytesThatComeOtherwise() {
        ByteBuf foreign = Unpooled.buffer().writeZero(200_000);
        inbox.wanted(300_000);
        inbox.received(foreign);

        assertThat(foreign.refCnt()).isZero();
        assertThat(inbox.bytes().readableBytes()).isEqualTo(200_000);
    }
}
