package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Covers("A01")
class BannerTest {
    private static final String DOING = "connecting to mon v2:10.0.0.1:3300/0";

    @Test
    void isWhatCephExpects() {
        assertThat(ByteBufUtil.hexDump(Banner.ours()))
                .isEqualTo("63657068207632" + "0a" + "1000" + "0300000000000000" + "0100000000000000");
    }

    @Test
    void isReadOnceItIsWhole() throws RadosException {
        ByteBuf whole = Banner.write(Banner.REVISION_1 | Banner.COMPRESSION, 0).writeByte('x');
        for (int length = 0; length < whole.readableBytes() - 1; length++) {
            ByteBuf part = whole.slice(0, length);
            assertThat(Banner.read(part, DOING)).as("%d bytes", length).isEmpty();
            assertThat(part.readerIndex()).isZero();
        }
        assertThat(Banner.read(whole, DOING)).hasValue(3);
        assertThat(whole.readableBytes()).isOne();
    }

    @Test
    void mayBeLongerThanWhatIsKnown() throws RadosException {
        ByteBuf longer = Unpooled.buffer()
                .writeBytes("ceph v2\n".getBytes(StandardCharsets.US_ASCII))
                .writeShortLE(20)
                .writeLongLE(1)
                .writeLongLE(0)
                .writeIntLE(0x12345678)
                .writeByte('x');

        assertThat(Banner.read(longer, DOING)).isPresent();
        assertThat(longer.readableBytes()).isOne();
    }

    @Test
    void refusesAShorterOne() {
        ByteBuf shorter = Unpooled.buffer()
                .writeBytes("ceph v2\n".getBytes(StandardCharsets.US_ASCII))
                .writeShortLE(8)
                .writeLongLE(1);
        assertThatThrownBy(() -> Banner.read(shorter, DOING)).isInstanceOf(MalformedException.class);
    }

    @Test
    void refusesWhatThePeerRequiresAndThisClientLacks() {
        ByteBuf demanding = Banner.write(-1, Banner.REVISION_1 | Banner.COMPRESSION | 1L << 40);
        assertThatThrownBy(() -> Banner.read(demanding, DOING))
                .isInstanceOf(RadosException.class)
                .hasMessageStartingWith(DOING)
                .hasMessageContaining("lacks: bit 40:");
    }

    @Test
    @Covers({"A03", "A04"})
    void refusesMessenger20() {
        assertThatThrownBy(() -> Banner.read(Banner.write(Banner.COMPRESSION, 0), DOING))
                .isInstanceOf(RadosException.class)
                .hasMessageContaining("messenger 2.0 only");
    }

    @ParameterizedTest
    @CsvSource({
        "ceph v027, messenger version 1 answers",
        "ceph v0, messenger version 1 answers",
        "'SSH-2.0-OpenSSH_9.2', 'no Ceph daemon answers but \"SSH-2.0-OpenSSH_9.2\"'",
        "H, 'no Ceph daemon answers but \"H\"'",
    })
    void saysWhatAnswersInstead(String bytes, String sentence) {
        ByteBuf stranger = Unpooled.copiedBuffer(bytes, StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> Banner.read(stranger, DOING))
                .isInstanceOf(RadosException.class)
                .hasMessageStartingWith(DOING)
                .hasMessageContaining(sentence)
                .extracting(thrown -> ((RadosException) thrown).errno())
                .isEqualTo(Errno.EOPNOTSUPP);
    }

    @Test
    void showsAStrangersBytesAsText() {
        ByteBuf stranger = Unpooled.wrappedBuffer(new byte[] {0x16, 3, 1, '\n', 'a'});
        assertThatThrownBy(() -> Banner.read(stranger, DOING)).hasMessageContaining("\"....a\"");
    }
}
