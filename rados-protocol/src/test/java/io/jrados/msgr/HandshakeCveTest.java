package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.auth.ConnectionAuth;
import io.jrados.crypto.Crc32c;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The faults that the Linux kernel's client once had while it connected, done to ours. */
@Covers("K24")
class HandshakeCveTest {
    private static final EntityAddr OSD = EntityAddr.of(EntityAddr.MSGR2, 1234, new byte[] {10, 0, 0, 7}, 6800);
    private static final EntityAddr OWN = EntityAddr.of(EntityAddr.ANY, 77, new byte[] {10, 0, 0, 99}, 0);

    private static Terms terms() {
        return new Terms(
                OSD,
                EntityName.OSD,
                OWN,
                false,
                List.of(),
                3,
                new TestAuth(ConnectionAuth.CRC),
                new ClientIdentity(77),
                new Transcript());
    }

    private static Frame control(Tag tag, Consumer<Encoder> payload) {
        return Frame.control(tag, Unpooled.wrappedBuffer(Encoder.bytesOf(payload)));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, (1 << 20) + 1})
    @DisplayName("CVE-2023-44466: a segment's length that is negative as a signed number")
    void lengthsOfSegmentsAreUnsignedAndLimited(int length) {
        for (int tag : new int[] {1, 2, 3, 4, 6, 7}) {
            ByteBuf preamble = Unpooled.buffer().writeByte(tag).writeByte(1);
            preamble.writeIntLE(length).writeShortLE(8).writeZero(18).writeZero(2);
            preamble.writeIntLE(Crc32c.of(0, preamble));
            assertThatThrownBy(() -> new CrcFrameReader(FrameLimits.BEFORE_AUTH, true).read(preamble))
                    .as("tag %d", tag)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 40, 42})
    @DisplayName("CVE-2026-43406: a message whose header segment is not of a header's length")
    void headersOfMessagesHaveTheirLength(int length) {
        Open open = new Open(OWN, 1, ConnectionAuth.CRC, 0);
        Frame frame = new Frame(
                Tag.MESSAGE,
                Unpooled.buffer().writeZero(length),
                Unpooled.EMPTY_BUFFER,
                Unpooled.EMPTY_BUFFER,
                Unpooled.EMPTY_BUFFER);
        assertThatThrownBy(() -> open.on(frame)).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 0x7fffffff, 0x80000000L, 0xffffffffL})
    @DisplayName("CVE-2026-22984, CVE-2026-43407: AUTH_DONE with more payload than there is, or less than none")
    void thePayloadOfAuthDoneIsThere(long length) {
        Authenticate phase = new Authenticate(terms(), OWN, 0);
        Frame frame = control(Tag.AUTH_DONE, out -> out.u64(TestAuth.GLOBAL_ID)
                .i32(ConnectionAuth.CRC)
                .u32(length)
                .zeroes(40));
        assertThatThrownBy(() -> phase.on(frame)).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4096, Integer.MAX_VALUE})
    @DisplayName("CVE-2026-46024, CVE-2026-46119, CVE-2026-22992: a refusal with the result of a success")
    void aRefusalIsNeverASuccess(int result) {
        Authenticate phase = new Authenticate(terms(), OWN, 0);
        Frame frame = control(Tag.AUTH_BAD_METHOD, out -> out.i32(0)
                .i32(result)
                .list(List.<Integer>of(), Encoder::i32)
                .list(List.<Integer>of(), Encoder::i32));
        assertThatThrownBy(() -> phase.on(frame))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isNotNull());
    }

    @Test
    @DisplayName("CVE-2025-68284: lengths in what is encrypted")
    void theSignatureHasItsLength() {
        for (int length : new int[] {0, 1, 31}) {
            Sign phase = new Sign(terms(), OWN, 1, ConnectionAuth.CRC, new byte[32]);
            assertThatThrownBy(() -> phase.on(control(Tag.AUTH_SIGNATURE, out -> out.zeroes(length))))
                    .isInstanceOfAny(MalformedException.class, RadosException.class);
        }
    }
}
