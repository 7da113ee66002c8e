package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Golden;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The faults that the Linux kernel's client once had with OSD maps, done to ours. */
@Covers({"D01", "K24"})
class OsdMapCveTest {
    private static final OsdMap MAP =
            OsdMap.decode(Unpooled.wrappedBuffer(Golden.file("osdmap/last").bytes()));

    private static Decoder bytes(Consumer<Encoder> encode) {
        return Decoder.of(Encoder.bytesOf(encode));
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 1000, 1 << 20, 0x7fffffff, 0x80000000L, 0xffffffffL})
    @DisplayName("CVE-2026-52958: more OSDs than there are bytes about")
    void theNumberOfOsdsIsThatOfTheirStates(long max) {
        assertThatThrownBy(() -> OsdTable.decode(bytes(out ->
                        out.u32(max).u32(2).u32(1).u32(1).u32(2).u32(1).u32(1).u32(0))))
                .isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x40000001L, 0x80000000L, 0xffffffffL, 0x0aaaaaabL})
    @DisplayName("CVE-2026-68158: counts whose product with a size overflows")
    void countsDoNotOverflow(long count) {
        assertThatThrownBy(() -> Overrides.lists(bytes(out -> out.u32(count).zeroes(64))))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Overrides.pairs(bytes(out -> out.u32(count).zeroes(64))))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Overrides.numbers(bytes(out -> out.u32(count).zeroes(64))))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Overrides.pairs(bytes(out -> {
                    out.u32(1);
                    new PgId(1, 0).encode(out);
                    out.u32(count).zeroes(64);
                })))
                .isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 33, 5000})
    @DisplayName("CVE-2026-68159, CVE-2025-68283, CVE-2026-80558: overrides of any length that name any OSD")
    void overridesMayBeLongAndNameNobody(int length) {
        Map<PgId, int[]> lists = new HashMap<>();
        Map<PgId, int[]> pairs = new HashMap<>();
        for (int osd : new int[] {0, 1 << 20, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
            int[] list = new int[length];
            Arrays.fill(list, osd);
            for (PoolInfo pool : MAP.pools().values()) {
                for (int seed = 0; seed < pool.pgNum(); seed++) {
                    PgId pg = new PgId(pool.id(), seed);
                    lists.put(pg, list);
                    pairs.put(pg, new int[2 * length]);
                    OsdMap map = with(new Overrides(lists, Map.of(pg, osd), lists, pairs, Map.of(pg, osd)));
                    Placement placement = map.placement(pg);
                    assertThat(map.osdAddress(placement.actingPrimary())).isNotNull();
                }
            }
        }
    }

    private static OsdMap with(Overrides overrides) {
        return new OsdMap(
                MAP.identity(),
                MAP.poolTable(),
                MAP.osdTable(),
                overrides,
                MAP.crush(),
                MAP.removedSnaps(),
                MAP.blocklist(),
                MAP.policy());
    }

    @Test
    @DisplayName("CVE-2025-71116: a pool that is shorter than its version")
    void poolsAreAsLongAsTheirVersionSays() {
        for (int length = 0; length < 200; length += 7) {
            int bytes = length;
            assertThatThrownBy(() -> PoolDecoder.pools(bytes(
                            out -> out.u32(1).u64(1).u8(29).u8(5).u32(bytes).zeroes(bytes))))
                    .as("%d bytes", bytes)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    @DisplayName("CVE-2026-22990: a step that is not the next one")
    void stepsAreTakenInTheirOrder() {
        OsdMap first =
                OsdMap.decode(Unpooled.wrappedBuffer(Golden.file("osdmap/first").bytes()));
        ByteBuf steps = Unpooled.wrappedBuffer(Golden.file("osdmap/steps").bytes());
        Incremental next = step(steps);
        Incremental second = step(steps);
        assertThatThrownBy(() -> first.apply(second))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("a step to epoch");
        OsdMap then = first.apply(next);
        assertThatThrownBy(() -> then.apply(next)).isInstanceOf(MalformedException.class);
        assertThat(then.apply(second).epoch()).isEqualTo(first.epoch() + 2);
    }

    private static Incremental step(ByteBuf all) {
        return Incremental.decode(all.readSlice(6 + all.getIntLE(all.readerIndex() + 2)));
    }
}
