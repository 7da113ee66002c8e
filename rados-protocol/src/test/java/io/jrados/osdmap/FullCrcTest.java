package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Golden;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The checksum of a full map, by itself and inside a step, in real maps. */
@Covers("D05")
class FullCrcTest {
    private static final int CRC = 4;

    /**
     * The offset at which a step tells the length of the full map in it: behind two struct headers, fsid, epoch, times
     * and flags.
     */
    private static final int FULL_MAP = 6 + 6 + 16 + 4 + 8 + 8 + 4;

    /** A time that means nothing to us: no other check than the checksum's notices a change. */
    private static final int CREATED = 6 + 6 + 16 + 4;

    private static final int OUTER_LENGTH = 2;
    private static final int INNER_LENGTH = 6 + 2;

    private static byte[] map(String release) {
        return Golden.file(release, "osdmap/last").bytes();
    }

    /** The steps from the first map to that one. */
    private static List<byte[]> steps(String release) {
        ByteBuf all =
                Unpooled.wrappedBuffer(Golden.file(release, "osdmap/steps").bytes());
        List<byte[]> steps = new ArrayList<>();
        while (all.isReadable()) {
            byte[] step = new byte[6 + all.getIntLE(all.readerIndex() + OUTER_LENGTH)];
            all.readBytes(step);
            steps.add(step);
        }
        return steps;
    }

    private static byte[] lastStep(String release) {
        List<byte[]> steps = steps(release);
        return steps.get(steps.size() - 1);
    }

    /** The step with a full map put in, and its own checksum right. */
    private static ByteBuf stepWith(byte[] step, byte[] map) {
        ByteBuf out = Unpooled.buffer();
        out.writeBytes(step, 0, FULL_MAP).writeIntLE(map.length).writeBytes(map);
        out.writeBytes(step, FULL_MAP + 4, step.length - FULL_MAP - 4);
        out.setIntLE(OUTER_LENGTH, out.getIntLE(OUTER_LENGTH) + map.length);
        out.setIntLE(INNER_LENGTH, out.getIntLE(INNER_LENGTH) + map.length);
        int crcAt = out.writerIndex() - 2 * CRC;
        CRC32C crc = new CRC32C();
        crc.update(out.nioBuffer(0, crcAt));
        crc.update(out.nioBuffer(crcAt + CRC, CRC));
        return out.setIntLE(crcAt, ~(int) crc.getValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"16.2.15", "20.2.4"})
    void aStepNamesTheChecksumThatTheFullMapCarries(String release) {
        byte[] map = map(release);
        byte[] step = lastStep(release);
        assertThat(OsdMap.decode(Unpooled.wrappedBuffer(map)).epoch())
                .isEqualTo(Incremental.decode(Unpooled.wrappedBuffer(step)).epoch());
        assertThat(Unpooled.wrappedBuffer(step).getIntLE(step.length - CRC))
                .isEqualTo(Unpooled.wrappedBuffer(map).getIntLE(map.length - CRC));
    }

    @ParameterizedTest
    @ValueSource(strings = {"16.2.15", "20.2.4"})
    void aFullMapThatSaysSomethingElseIsRefused(String release) {
        byte[] map = map(release);
        map[CREATED] ^= 1;
        assertThatThrownBy(() -> OsdMap.decode(Unpooled.wrappedBuffer(map)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("OSDMap crc");
    }

    /** The step's own checksum covers the map too, so that only the map's shows that it was damaged before. */
    @ParameterizedTest
    @ValueSource(strings = {"16.2.15", "20.2.4"})
    void aFullMapInsideASoundStepIsVerifiedToo(String release) {
        byte[] map = map(release);
        byte[] step = lastStep(release);
        OsdMap before = OsdMap.decode(
                Unpooled.wrappedBuffer(Golden.file(release, "osdmap/first").bytes()));
        for (byte[] earlier : steps(release)) {
            if (!Arrays.equals(earlier, step)) {
                before = before.apply(Incremental.decode(Unpooled.wrappedBuffer(earlier)));
            }
        }
        assertThat(before.apply(Incremental.decode(stepWith(step, map))))
                .usingRecursiveComparison()
                .ignoringFields("placer", "placements")
                .isEqualTo(OsdMap.decode(Unpooled.wrappedBuffer(map)));

        map[CREATED] ^= 1;
        assertThatThrownBy(() -> Incremental.decode(stepWith(step, map)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("OSDMap crc");
    }
}
