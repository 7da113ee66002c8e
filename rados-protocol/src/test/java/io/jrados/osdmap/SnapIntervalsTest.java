package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Covers("D15")
class SnapIntervalsTest {
    private static final int IDS = 64;

    private static byte[] ranges(long... startsAndLengths) {
        return Encoder.bytesOf(out -> {
            out.u32(startsAndLengths.length / 2);
            for (long number : startsAndLengths) {
                out.u64(number);
            }
        });
    }

    private static SnapIntervals of(BitSet ids) {
        return Decoder.whole(
                ranges(ids.stream()
                        .mapToObj(id -> new long[] {id, 1})
                        .flatMapToLong(Arrays::stream)
                        .toArray()),
                SnapIntervals::decode);
    }

    @Test
    void readsRanges() {
        SnapIntervals snaps = Decoder.whole(ranges(3, 4, 9, 1), SnapIntervals::decode);
        assertThat(snaps).hasToString("[3..6,9]");
        assertThat(snaps.contains(2)).isFalse();
        assertThat(snaps.contains(3)).isTrue();
        assertThat(snaps.contains(6)).isTrue();
        assertThat(snaps.contains(7)).isFalse();
        assertThat(SnapIntervals.EMPTY.contains(0)).isFalse();
    }

    @Test
    void refusesRangesBeyondAllNumbers() {
        assertThatThrownBy(() -> Decoder.whole(ranges(5, -1), SnapIntervals::decode))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Decoder.whole(ranges(5, Long.MAX_VALUE), SnapIntervals::decode))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void addsAndTakesAwayAsSetsDo() {
        Random random = new Random(5);
        for (int round = 0; round < 2000; round++) {
            BitSet one = random(random);
            BitSet other = random(random);
            BitSet sum = (BitSet) one.clone();
            sum.or(other);
            BitSet rest = (BitSet) one.clone();
            rest.andNot(other);
            assertThat(of(one).plus(of(other))).isEqualTo(of(sum));
            assertThat(of(one).minus(of(other))).as("%s minus %s", one, other).isEqualTo(of(rest));
        }
    }

    private static BitSet random(Random random) {
        BitSet ids = new BitSet();
        int runs = random.nextInt(6);
        for (int i = 0; i < runs; i++) {
            int start = random.nextInt(IDS);
            ids.set(start, start + 1 + random.nextInt(8));
        }
        return ids;
    }
}
