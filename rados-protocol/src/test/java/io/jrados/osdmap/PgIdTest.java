package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PgIdTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    @Covers("D22")
    void isReadAndWrittenAsCephDoes() {
        byte[] bytes = HEX.parseHex("01" + "0200000000000000" + "78563412" + "ffffffff");
        PgId pg = new PgId(2, 0x12345678);
        assertThat(Decoder.whole(bytes, PgId::decode)).isEqualTo(pg).hasToString("2.12345678");
        assertThat(Encoder.bytesOf(pg::encode)).isEqualTo(bytes);
        byte[] newer = bytes.clone();
        newer[0] = 2;
        assertThatThrownBy(() -> Decoder.whole(newer, PgId::decode)).isInstanceOf(MalformedException.class);
    }

    /** 0 to 11 in 12 groups: a mask of 15, and what would be 12 to 15 lies 8 lower. */
    @ParameterizedTest
    @CsvSource({"11, 12, 11", "12, 12, 4", "15, 12, 7", "16, 12, 0", "29, 12, 5", "-1, 12, 7", "7, 1, 0", "-1, 8, 7"})
    @Covers({"D12", "D26"})
    void foldsSeeds(int hash, int groups, int seed) {
        assertThat(PgId.stableMod(hash, groups, PgId.mask(groups))).isEqualTo(seed);
    }

    @Test
    @Covers("D35")
    void knowsWhichGroupsSplit() {
        for (int before = 1; before < 40; before++) {
            for (int after = 1; after < 90; after++) {
                for (int seed = 0; seed < 45; seed++) {
                    if (new PgId(1, seed).splits(before, after) != (seed < before && hasChild(seed, before, after))) {
                        fail("%d of %d groups, then %d", seed, before, after);
                    }
                }
            }
        }
    }

    private static boolean hasChild(int seed, int before, int after) {
        return IntStream.range(before, Math.max(before, after))
                .anyMatch(child -> PgId.stableMod(child, before, PgId.mask(before)) == seed);
    }

    @Test
    @Covers("D35")
    void knowsWhichGroupsMerge() {
        assertThat(new PgId(1, 5).mergesAway(8, 4)).isTrue();
        assertThat(new PgId(1, 3).mergesAway(8, 4)).isFalse();
        assertThat(new PgId(1, 8).mergesAway(8, 4)).isFalse();
        assertThat(new PgId(1, 1).mergesOthers(8, 4)).isTrue();
        assertThat(new PgId(1, 1).mergesOthers(8, 7)).isFalse();
        assertThat(new PgId(1, 3).mergesOthers(8, 7)).isTrue();
        assertThat(new PgId(1, 3).mergesOthers(7, 8)).isFalse();
    }
}
