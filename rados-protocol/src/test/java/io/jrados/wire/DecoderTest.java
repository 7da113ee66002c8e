package io.jrados.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DecoderTest {
    private static final Struct STRUCT = new Struct("sample", 2, 3, 2);

    @Test
    void readsBackWhatTheEncoderWrites() {
        UUID id = UUID.fromString("12345678-9abc-def0-0123-456789abcdef");
        byte[] bytes = Encoder.bytesOf(out -> out.u8(250)
                .u16(65000)
                .u32(4_000_000_000L)
                .u64(-2)
                .string("grün")
                .bytes(new byte[] {1, 2})
                .list(List.of("a", "b"), Encoder::string)
                .map(Map.of("k", 7L), Encoder::string, Encoder::u64)
                .optional(Optional.of(5), Encoder::i32)
                .uuid(id)
                .u64s(new long[] {9, 8}));

        Decoder in = Decoder.of(bytes);
        assertThat(in.u8()).isEqualTo(250);
        assertThat(in.u16()).isEqualTo(65000);
        assertThat(in.u32()).isEqualTo(4_000_000_000L);
        assertThat(in.u64()).isEqualTo(-2);
        assertThat(in.string()).isEqualTo("grün");
        assertThat(in.bytes()).containsExactly(1, 2);
        assertThat(in.list(4, Decoder::string)).containsExactly("a", "b");
        assertThat(in.map(12, Decoder::string, Decoder::u64)).isEqualTo(Map.of("k", 7L));
        assertThat(in.optional(Decoder::i32)).contains(5);
        assertThat(in.uuid()).isEqualTo(id);
        assertThat(in.u64s()).containsExactly(9, 8);
        in.expectEnd();
    }

    @Test
    void stepsOverWhatANewerWriterAppended() {
        byte[] bytes = Encoder.bytesOf(out ->
                out.struct(9, 3, body -> body.u32(77).string("from the future")).u8(42));
        Decoder in = Decoder.of(bytes);
        assertThat(in.<Long>struct(STRUCT, (body, version) -> body.u32())).isEqualTo(77);
        assertThat(in.u8()).isEqualTo(42);
    }

    @Test
    void aBodyNeverReadsItsNeighbour() {
        byte[] bytes =
                Encoder.bytesOf(out -> out.struct(3, 2, body -> body.u8(1)).u64(0));
        assertThatThrownBy(() -> Decoder.of(bytes).struct(STRUCT, (body, version) -> body.u32()))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void refusesVersionsOutsideTheTable() {
        byte[] tooNew = Encoder.bytesOf(out -> out.struct(9, 4, body -> body.u32(1)));
        byte[] tooOld = Encoder.bytesOf(out -> out.struct(1, 1, body -> body.u32(1)));
        for (byte[] bytes : List.of(tooNew, tooOld)) {
            assertThatThrownBy(() -> Decoder.of(bytes).struct(STRUCT, (body, version) -> body.u32()))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("sample version");
        }
    }

    @Test
    void checksCountsBeforeItAllocates() {
        byte[] twoBillion = Encoder.bytesOf(out -> out.u32(0xffff_fff0L).u64(0));
        assertThatThrownBy(() -> Decoder.of(twoBillion).list(1, Decoder::u8)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Decoder.of(twoBillion).u64s()).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Decoder.of(twoBillion).bytes()).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Decoder.of(twoBillion).map(2, Decoder::u8, Decoder::u8))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void refusesStructsNestedWithoutEnd() {
        byte[] deep = new byte[0];
        for (int i = 0; i < 100; i++) {
            byte[] inner = deep;
            deep = Encoder.bytesOf(out -> out.bytes(inner));
        }
        byte[] bytes = deep;
        assertThatThrownBy(() -> descend(Decoder.of(bytes)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("nested");
    }

    private static int descend(Decoder in) {
        return in.remaining() == 0 ? 0 : in.blob(DecoderTest::descend);
    }
}
