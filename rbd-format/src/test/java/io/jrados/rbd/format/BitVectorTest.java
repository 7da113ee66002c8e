package io.jrados.rbd.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Object maps as Ceph's own tool made them. */
@Covers({"G207", "G208", "K24"})
class BitVectorTest {
    private static BitVector of(String states) {
        BitVector map = new BitVector(states.length(), ObjectState.NONEXISTENT);
        for (int i = 0; i < states.length(); i++) {
            map.set(i, ObjectState.values()[states.charAt(i) - '0']);
        }
        return map;
    }

    @Test
    void ofAHeadAndOfASnapshot() {
        BitVector head = of("330313000000000000001");
        GoldenFile.of("BitVector/head")
                .reads(BitVector::decode, head)
                .writesBack(BitVector::encode, head)
                .refusesEveryTruncation(BitVector::decode)
                .survivesEveryDamage(BitVector::decode);
        BitVector snapshot = of("110111000000000000000");
        GoldenFile.of("BitVector/snapshot").reads(BitVector::decode, snapshot).writesBack(BitVector::encode, snapshot);
    }

    @Test
    void eachBlockHasItsChecksum() {
        BitVector map = new BitVector(16_385, ObjectState.NONEXISTENT);
        map.set(0, ObjectState.EXISTS);
        map.set(16_384, ObjectState.EXISTS);
        GoldenFile golden = GoldenFile.of("BitVector/two-blocks")
                .reads(BitVector::decode, map)
                .writesBack(BitVector::encode, map);
        for (int wrong : new int[] {18, 18 + 4095, 18 + 4096, golden.bytes().length - 1, 4 + 6}) {
            byte[] bytes = golden.bytes();
            bytes[wrong] ^= 0x10;
            assertThatThrownBy(() -> BitVector.decode(Decoder.of(bytes))).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void withoutAFooterThereAreNoChecksums() {
        byte[] bytes = Encoder.bytesOf(of("123")::encode);
        byte[] plain = new byte[18 + 1 + 4];
        System.arraycopy(bytes, 0, plain, 0, 18 + 1);
        assertThat(BitVector.decode(Decoder.of(plain))).isEqualTo(of("123"));
    }

    @Test
    void aSizeThatIsNotThereIsRefusedBeforeAnythingIsAllocated() {
        byte[] bytes = Encoder.bytesOf(of("123")::encode);
        for (long size : new long[] {-1, BitVector.MAX_OBJECTS + 1, BitVector.MAX_OBJECTS, 9, 1L << 62}) {
            byte[] other = Encoder.bytesOf(out -> out.u32(14).u8(1).u8(1).u32(8).u64(size));
            byte[] damaged = bytes.clone();
            System.arraycopy(other, 0, damaged, 0, other.length);
            assertThatThrownBy(() -> BitVector.decode(Decoder.of(damaged))).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void growsAndShrinks() {
        Random random = new Random(1);
        StringBuilder states = new StringBuilder();
        BitVector map = new BitVector(0, ObjectState.NONEXISTENT);
        for (int step = 0; step < 300; step++) {
            int size = random.nextInt(40);
            ObjectState state = ObjectState.values()[random.nextInt(4)];
            map.resize(size, state);
            states.setLength(Math.min(states.length(), size));
            while (states.length() < size) {
                states.append(state.ordinal());
            }
            assertThat(map).isEqualTo(of(states.toString())).hasToString(size + ":" + states);
            assertThat(Encoder.bytesOf(map::encode)).isEqualTo(Encoder.bytesOf(of(states.toString())::encode));
        }
    }

    @Test
    void whatIsOutsideIsRefused() {
        BitVector map = of("0123");
        for (long object : new long[] {-1, 4, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> map.get(object)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        for (long size : new long[] {-1, BitVector.MAX_OBJECTS + 1}) {
            assertThatThrownBy(() -> map.resize(size, ObjectState.EXISTS)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(map).isNotEqualTo(of("012")).isNotEqualTo(of("0120")).isNotEqualTo("0123");
    }
}
