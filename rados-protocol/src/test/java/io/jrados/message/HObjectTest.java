package io.jrados.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HObjectTest {
    private static HObject object(long pool, int hash, String namespace, String key, String name, long snap) {
        return new HObject(key, name, snap, hash, false, namespace, pool);
    }

    @Test
    @Covers({"E31", "K22"})
    void isOrderedByTheReversedBitsOfTheHashAndThenByNames() {
        List<HObject> ordered = List.of(
                HObject.MIN,
                object(1, 0, "", "", "z", -2),
                object(1, 0x80000000, "", "", "a", -2),
                object(1, 0x40000000, "", "", "a", -2),
                object(1, 1, "", "", "a", 4),
                object(1, 1, "", "", "a", -2),
                object(1, 1, "", "", "b", -2),
                object(1, 1, "", "c", "a", -2),
                object(1, 1, "", "", "c", -2),
                object(1, 1, "n", "", "a", -2),
                object(1, 3, "", "", "a", -2),
                object(1, 0xffffffff, "", "", "a", -2),
                object(2, 0, "", "", "a", -2),
                HObject.MAX);
        List<HObject> shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled, new Random(7));
        Collections.sort(shuffled);
        assertThat(shuffled).isEqualTo(ordered);
        for (HObject each : ordered) {
            assertThat(HObject.decode(Decoder.of(Encoder.bytesOf(each::encode))))
                    .isEqualTo(each);
        }
    }

    /** As OSDs wrote the start before Jewel. */
    @Test
    void theOldStartIsTheStart() {
        HObject old = new HObject("", "", 0, 0, false, "", -1);
        assertThat(HObject.decode(Decoder.of(Encoder.bytesOf(old::encode)))).isEqualTo(HObject.MIN);
        for (HObject other : List.of(
                new HObject("", "", 0, 0, false, "", 1),
                new HObject("", "", -2, 0, false, "", -1),
                new HObject("", "", 0, 7, false, "", -1),
                new HObject("", "a", 0, 0, false, "", -1))) {
            assertThat(HObject.decode(Decoder.of(Encoder.bytesOf(other::encode))))
                    .isEqualTo(other);
        }
    }
}
