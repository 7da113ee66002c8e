package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.auth.ConnectionAuth;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Golden;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Payload;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames as a real OSD sent them. */
class GoldenFramesTest {
    private static final EntityAddr OSD = EntityAddr.of(EntityAddr.MSGR2, 9743, new byte[] {127, 0, 0, 1}, 20420);

    private final byte[] bytes = Golden.file("msgr_frames/osd-session").bytes();

    private static List<Frame> read(CrcFrameReader reader, ByteBuf in) {
        List<Frame> frames = new ArrayList<>();
        Frame frame = reader.read(in);
        while (frame != null) {
            frames.add(frame);
            frame = reader.read(in);
        }
        return frames;
    }

    private static CrcFrameReader reader() {
        return new CrcFrameReader(FrameLimits.AUTHENTICATED, true);
    }

    @Test
    @Covers({"A05", "A06", "A07", "A19", "A22", "A24", "A31", "K24"})
    void areUnderstood() throws RadosException {
        List<Frame> frames = read(reader(), Unpooled.wrappedBuffer(bytes));
        assertThat(frames).extracting(Frame::tag).containsExactly(Tag.SERVER_IDENT, Tag.MESSAGE, Tag.KEEPALIVE2_ACK);
        Terms terms = new Terms(
                OSD,
                EntityName.OSD,
                EntityAddr.BLANK,
                false,
                List.of(),
                1,
                new TestAuth(ConnectionAuth.CRC),
                new ClientIdentity(1),
                new Transcript());
        Open open = (Open) new Identify(terms, EntityAddr.BLANK, 4107, ConnectionAuth.CRC)
                .on(frames.get(0))
                .next();
        open.frame(Payload.of(97, 1, 1, 7, Unpooled.EMPTY_BUFFER));
        Step step = open.on(frames.get(1));
        open.on(frames.get(2));

        assertThat(open.features()).isEqualTo(0x3f01cfbdfffdffffL);
        assertThat(step.message()).isNotNull();
        assertThat(step.message().type()).isEqualTo(98);
        assertThat(step.message().tid()).isEqualTo(7);
        assertThat(step.message().data().toString(StandardCharsets.UTF_8)).contains("\"16.2.15\"");
        assertThat(open.keepaliveAck()).isEqualTo(new Utime(0, 14_024_173));
    }

    /** Alignments, checksums and the trimming of segments are those of Ceph. */
    @Test
    @Covers({"A05", "A06", "A07"})
    void areWrittenBackAsTheyCame() {
        ByteBuf written = Unpooled.buffer();
        CrcFrameWriter writer = new CrcFrameWriter(
                new Pieces(ByteBufAllocator.DEFAULT, new Sink() {
                    @Override
                    public void write(ByteBuf piece) {
                        written.writeBytes(piece);
                        piece.release();
                    }

                    @Override
                    public void write(ByteBuf piece, ByteBuf owner) {
                        write(piece);
                        owner.release();
                    }
                }),
                true);
        read(reader(), Unpooled.wrappedBuffer(bytes)).forEach(writer::write);
        writer.finish();

        assertThat(ByteBufUtil.hexDump(written)).isEqualTo(ByteBufUtil.hexDump(bytes));
    }

    @Test
    @Covers("A04")
    void mayBeCutAnywhere() {
        for (int cut = 0; cut <= bytes.length; cut++) {
            CrcFrameReader reader = reader();
            ByteBuf in = Unpooled.buffer(bytes.length).writeBytes(bytes, 0, cut);
            int before = read(reader, in).size();
            in.writeBytes(bytes, cut, bytes.length - cut);

            assertThat(before + read(reader, in).size()).as("cut at %d", cut).isEqualTo(3);
        }
    }
}
