package io.jrados.crush;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.crush.Rule.Step;
import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CrushDecoderTest {
    private static final int[] TAKE_AND_CHOOSE = {Step.TAKE, -1, 0, Step.CHOOSELEAF_FIRSTN, 0, 0, Step.EMIT, 0, 0};

    private static CrushBytes sound() {
        return new CrushBytes().bucket(-1, 1, 0, 1, 2).rule(TAKE_AND_CHOOSE);
    }

    private static CrushMap decode(byte[] bytes) {
        return Decoder.whole(bytes, CrushMap::decode);
    }

    private static int[] placed(CrushMap map, int x) {
        int[] result = new int[3];
        int count = new Mapper(map).place(0, x, result, new int[] {0x10000, 0x10000, 0x10000}, 1);
        return Arrays.copyOf(result, count);
    }

    @Test
    @Covers({"D38", "D50"})
    void readsEverything() {
        CrushMap map = decode(sound().tails().tail(out -> out.u32(7).u32(8)).bytes());
        assertThat(map.maxDevices()).isEqualTo(3);
        assertThat(map.itemsOf(-1)).containsExactly(0, 1, 2);
        assertThat(map.itemsOf(0)).isEmpty();
        assertThat(map.typeOf(-1)).isEqualTo(1);
        assertThat(map.itemNamed("default")).hasValue(-1);
        assertThat(map.itemNamed("nobody")).isEmpty();
        assertThat(map.tunables()).isEqualTo(new Tunables(0, 0, 50, true, 1, true, 7, 8));
        assertThat(map.names().types()).isEqualTo(Map.of(0, "osd", 1, "root"));
        assertThat(map.names().classes()).isEqualTo(Map.of(7, "ssd"));
        assertThat(map.names().classOf()).isEqualTo(Map.of(0, 7));
        assertThat(map.names().shadows()).isEqualTo(Map.of(-1, Map.of(7, -2)));
        assertThat(map.rule(0).orElseThrow().steps()).hasSize(3).contains(new Step(Step.TAKE, -1, 0));
        assertThat(map.rule(1)).isEmpty();
        assertThat(map.rule(-1)).isEmpty();
    }

    @Test
    @Covers({"D38", "D48"})
    void mayEndBeforeEachOfItsTailsAndNowhereElse() {
        CrushBytes made = sound().tails().tail(out -> out.u32(7).u32(8));
        byte[] whole = made.bytes();
        Set<Integer> ends = new HashSet<>();
        IntStream.rangeClosed(0, 9).forEach(tails -> ends.add(made.bytes(tails).length));
        for (int length = 0; length <= whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (ends.contains(length)) {
                assertThat(placed(decode(cut), 1)).hasSize(3);
            } else {
                assertThatThrownBy(() -> decode(cut)).as("%d bytes", length).isInstanceOf(MalformedException.class);
            }
        }
        assertThat(decode(made.bytes(0)).tunables()).isEqualTo(new Tunables(2, 5, 19, false, 0, false, 100, 100));
        assertThat(decode(made.bytes(1)).tunables()).isEqualTo(new Tunables(0, 0, 50, false, 0, false, 100, 100));
        assertThat(decode(made.bytes(3)).tunables()).isEqualTo(new Tunables(0, 0, 50, true, 1, false, 100, 100));
    }

    @Test
    @Covers("D38")
    void readsNumbersOf64BitsOfAnOldWriter() {
        byte[] bytes = sound().bytes(0);
        byte[] names =
                Encoder.bytesOf(out -> out.u32(2).i32(0).string("osd").i32(1).string("root"));
        byte[] wide =
                Encoder.bytesOf(out -> out.u32(2).u64(0).string("osd").u64(1).string("root"));
        int at = indexOf(bytes, names);
        byte[] old = Encoder.bytesOf(out -> out.raw(Arrays.copyOf(bytes, at))
                .raw(wide)
                .raw(Arrays.copyOfRange(bytes, at + names.length, bytes.length)));
        assertThat(decode(old).names().types()).isEqualTo(Map.of(0, "osd", 1, "root"));
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        return IntStream.range(0, bytes.length)
                .filter(at -> Arrays.equals(bytes, at, Math.min(at + part.length, bytes.length), part, 0, part.length))
                .findFirst()
                .orElseThrow();
    }

    /** A set for pool 1 and one for all others: of each the number, how many slots, slot, sets, weights, ids. */
    @Test
    @Covers({"D43", "D51"})
    void weighsByThePoolsOwnSetOrTheDefaultOne() {
        CrushMap map = decode(sound().tails(out -> {
                    out.u32(2);
                    out.u64(1)
                            .u32(1)
                            .u32(0)
                            .u32(1)
                            .u32(3)
                            .u32(0x10000)
                            .u32(0)
                            .u32(0)
                            .u32(0);
                    out.u64(-1)
                            .u32(1)
                            .u32(0)
                            .u32(1)
                            .u32(3)
                            .u32(0)
                            .u32(0)
                            .u32(0x10000)
                            .u32(0);
                })
                .bytes());
        int[] result = new int[1];
        int[] in = {0x10000, 0x10000, 0x10000};
        for (int x = 0; x < 50; x++) {
            new Mapper(map).place(0, x, result, in, 1);
            assertThat(result).containsExactly(0);
            new Mapper(map).place(0, x, result, in, 2);
            assertThat(result).containsExactly(2);
        }
    }

    private record Wrong(String what, CrushBytes bytes) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Wrong bucket(String what, Consumer<Encoder> bucket) {
        return new Wrong(what, new CrushBytes().bucket(0, bucket));
    }

    static List<Wrong> wrongs() {
        int[] chain = IntStream.range(0, 13).toArray();
        CrushBytes deep = new CrushBytes();
        Arrays.stream(chain).forEach(i -> deep.bucket(-1 - i, 1, i == 12 ? 0 : -2 - i));
        return List.of(
                new Wrong("magic", sound().magic(0x00010001)),
                bucket("algorithms differ", out -> CrushBytes.header(out, 5, -1, 1, 4, 0, 0)),
                bucket("algorithm unknown", out -> CrushBytes.header(out, 6, -1, 1, 6, 0, 0)),
                bucket("type of devices", out -> CrushBytes.header(out, 1, -1, 0, 1, 0)),
                bucket("id of another slot", out -> CrushBytes.header(out, 1, -2, 1, 1, 0)),
                bucket("id of a device", out -> CrushBytes.header(out, 1, 0, 1, 1, 0)),
                bucket("hash unknown", out -> CrushBytes.header(out, 1, -1, 1, 1, 1)),
                bucket(
                        "more items than bytes",
                        out -> out.u32(1).i32(-1).u16(1).u8(1).u8(0).u32(0).u32(0xffffffffL)),
                bucket("a tree of too few nodes", out -> {
                    CrushBytes.header(out, 3, -1, 1, 3, 0, 0, 1);
                    out.u8(2).u32(1).u32(1);
                }),
                bucket("a tree of 5 nodes", out -> {
                    CrushBytes.header(out, 3, -1, 1, 3, 0, 0, 1);
                    out.u8(5).zeroes(20);
                }),
                new Wrong("itself", new CrushBytes().bucket(-1, 1, -1)),
                new Wrong("a circle", new CrushBytes().bucket(-1, 1, -2).bucket(-2, 1, 0, -1)),
                new Wrong("12 levels", deep),
                new Wrong("a bucket that is not there", new CrushBytes().bucket(-1, 1, 0, -2)),
                new Wrong("a bucket beyond the end", new CrushBytes().bucket(-1, 1, Integer.MIN_VALUE)),
                new Wrong("the mark of nobody as a device", new CrushBytes().bucket(-1, 1, CrushMap.NONE)),
                new Wrong(
                        "another rule's number",
                        sound().rule(out -> out.u32(1).u32(0).u8(0).u8(1).u8(1).u8(1))),
                new Wrong(
                        "a rule of too many steps",
                        sound().rule(out ->
                                out.u32(1).u32(0x15555556L).u8(1).u8(1).u8(1).u8(1))),
                new Wrong("a rule of too many tries", sound().rule(Step.SET_CHOOSE_TRIES, Integer.MAX_VALUE, 0)),
                new Wrong(
                        "tunables of too many tries",
                        sound().tail(out -> out.u32(0).u32(0).u32(0xffffffffL))),
                new Wrong(
                        "weights of a slot beyond the end",
                        sound().tails(out ->
                                out.u32(1).u64(1).u32(1).u32(1).u32(0).u32(0))),
                new Wrong(
                        "ids of another number",
                        sound().tails(out ->
                                out.u32(1).u64(1).u32(1).u32(0).u32(0).u32(1).i32(5))),
                new Wrong(
                        "weights of one pool twice",
                        sound().tails(out -> out.u32(2).u64(1).u32(0).u64(1).u32(0))),
                new Wrong("weights of one bucket twice", sound().tails(out -> out.u32(1)
                        .u64(1)
                        .u32(2)
                        .u32(0)
                        .u32(0)
                        .u32(0)
                        .u32(0)
                        .u32(0)
                        .u32(0))),
                new Wrong(
                        "more weight sets than bytes",
                        sound().tails(out -> out.u32(1).u64(1).u32(1).u32(0).u32(0xffffffffL))));
    }

    @ParameterizedTest
    @MethodSource("wrongs")
    void refuses(Wrong wrong) {
        assertThatThrownBy(() -> decode(wrong.bytes.bytes())).isInstanceOf(MalformedException.class);
    }

    @Test
    void takesElevenLevels() {
        CrushBytes deep = new CrushBytes();
        IntStream.range(0, 11).forEach(i -> deep.bucket(-1 - i, 1, i == 10 ? 0 : -2 - i));
        assertThat(placed(decode(deep.rule(TAKE_AND_CHOOSE).bytes()), 1)).containsExactly(0);
    }

    @Test
    void stopsTryingInTime() {
        CrushMap map = decode(new CrushBytes()
                .bucket(-1, 1, IntStream.range(0, 1000).toArray())
                .rule(
                        Step.SET_CHOOSE_TRIES,
                        65536,
                        0,
                        Step.SET_CHOOSELEAF_TRIES,
                        65536,
                        0,
                        Step.TAKE,
                        -1,
                        0,
                        Step.CHOOSELEAF_FIRSTN,
                        Integer.MAX_VALUE,
                        0,
                        Step.EMIT,
                        0,
                        0,
                        Step.TAKE,
                        -1,
                        0,
                        Step.CHOOSELEAF_INDEP,
                        Integer.MAX_VALUE,
                        0,
                        Step.EMIT,
                        0,
                        0)
                .bytes());
        int[] result = new int[200];
        assertThat(new Mapper(map).place(0, 1, result, new int[0], 1)).isEqualTo(200);
        assertThat(result).containsOnly(CrushMap.NONE);
    }
}
