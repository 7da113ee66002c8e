package io.jrados.osd.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.message.Replies;
import io.jrados.testkit.Covers;
import io.jrados.wire.Encoder;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The faults that the Linux kernel's client once had with answers of OSDs, done to ours. */
@Covers("K24")
class ReplyCveTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8})
    @DisplayName("CVE-2026-80557: a watcher of a struct that is too short for one")
    void watchersAreWhole(int length) {
        byte[] output = Encoder.bytesOf(out ->
                out.struct(1, 1, body -> body.u32(1).u8(1).u8(1).u32(length).zeroes(length)));
        assertThatThrownBy(() -> StructOutputs.watchers(Unpooled.wrappedBuffer(output)))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    @DisplayName("CVE-2026-68131: a write with a positive result")
    void aPositiveResultOfAWriteIsNoLength() throws RadosException {
        WriteOperation write = new WriteOperation().write(0, ByteBuffer.allocate(10));
        WriteResult result =
                write.operation().result(Replies.reply(4096, Replies.part(Integer.MAX_VALUE)), () -> "writing");
        assertThat(result.code(0)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    @DisplayName("CVE-2026-89657: a sparse read with extents that were not asked for")
    void extentsAreThoseAskedFor() {
        byte[] output = Encoder.bytesOf(out -> out.u32(1).u64(4096).u64(4096).bytes(new byte[4096]));
        ByteBuffer into = ByteBuffer.allocate(4096);
        ReadOperation read = new ReadOperation().sparseRead(0, into);
        assertThatThrownBy(() -> read.operation().result(Replies.reply(0, Replies.part(0, output)), () -> "reading"))
                .isInstanceOf(RadosException.class)
                .hasMessageContaining("reading");
        assertThat(into.array()).containsOnly(0);
    }
}
