package io.jrados.rbd.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.rbd.format.Layout.Extent;
import io.jrados.rbd.format.Layout.Range;
import io.jrados.testkit.Covers;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Covers({"H34", "K16"})
class LayoutTest {
    /** The drawing of {@link Layout}: which unit of the image is at a row of an object. */
    private static final int[][] DRAWING = {
        {0, 3, 6, 9}, {1, 4, 7, 10}, {2, 5, 8, 11},
        {12, 15, 18, 21}, {13, 16, 19, 22}, {14, 17, 20, 23},
    };

    private static final int UNIT = 1024;
    private static final Layout DRAWN = new Layout(12, UNIT, 3);

    @Test
    void isAsDrawn() {
        for (int object = 0; object < DRAWING.length; object++) {
            for (int row = 0; row < DRAWING[object].length; row++) {
                long start = (long) DRAWING[object][row] * UNIT;
                assertThat(DRAWN.extentAt(start, UNIT)).isEqualTo(new Extent(object, (long) row * UNIT, UNIT));
                assertThat(DRAWN.extentAt(start + 1000, UNIT))
                        .isEqualTo(new Extent(object, (long) row * UNIT + 1000, 24));
                assertThat(DRAWN.imageOffset(object, (long) row * UNIT + 7)).isEqualTo(start + 7);
            }
        }
    }

    @Test
    void aRangeIsCutInTheOrderOfTheImage() {
        assertThat(DRAWN.extents(11 * UNIT + 24, 2 * UNIT))
                .containsExactly(new Extent(2, 3 * UNIT + 24, 1000), new Extent(3, 0, UNIT), new Extent(4, 0, 24));
        assertThat(DRAWN.extents(5, 0)).isEmpty();
    }

    @Test
    void anObjectHoldsRangesOfTheImage() {
        assertThat(DRAWN.ranges(4, 1000, 1048))
                .containsExactly(new Range(13 * UNIT + 1000, 24), new Range(16 * UNIT, UNIT));
        assertThat(Layout.plain(22).ranges(2, 100, 50)).containsExactly(new Range((2L << 22) + 100, 50));
    }

    @Test
    void withoutStripingAnObjectFollowsTheOther() {
        Layout plain = Layout.plain(22);
        assertThat(plain.extents((4L << 20) - 1, (4L << 20) + 2))
                .containsExactly(new Extent(0, (4L << 20) - 1, 1), new Extent(1, 0, 4L << 20), new Extent(2, 0, 1));
        assertThat(plain.extentAt((1L << 60) + 5, 1)).isEqualTo(new Extent(1L << 38, 5, 1));
    }

    @Test
    void oneObjectToASetButSmallUnitsIsTheSameAsPlain() {
        Layout units = new Layout(22, 65536, 1);
        assertThat(units.extents(0, 10L << 20)).isEqualTo(Layout.plain(22).extents(0, 10L << 20));
        assertThat(units.ranges(1, 0, 4L << 20)).containsExactly(new Range(4L << 20, 4L << 20));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "1024, 1",
        "1025, 2",
        "2048, 2",
        "2049, 3",
        "3072, 3",
        "3073, 3",
        "12288, 3",
        "12289, 4",
        "13313, 5",
        "14337, 6",
        "24576, 6"
    })
    void countsObjectsOfAPartlyFilledSet(long size, long objects) {
        assertThat(DRAWN.objectCount(size)).isEqualTo(objects);
    }

    @Test
    void everyByteComesBackAndNoObjectIsBeyondTheCount() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            int order = 12 + random.nextInt(6);
            Layout layout = new Layout(order, 1L << (9 + random.nextInt(order - 8)), 1 + random.nextInt(7));
            long size = 1 + random.nextInt(1 << 20);
            long last = -1;
            long at = 0;
            for (Extent extent : layout.extents(0, size)) {
                assertThat(layout.imageOffset(extent.object(), extent.offset())).isEqualTo(at);
                assertThat(extent.offset() + extent.length()).isLessThanOrEqualTo(layout.objectSize());
                at += extent.length();
                last = Math.max(last, extent.object());
            }
            assertThat(at).isEqualTo(size);
            assertThat(layout.objectCount(size))
                    .as("%s, %d bytes", layout, size)
                    .isEqualTo(last + 1);
        }
    }

    @Test
    void whatLiesBelowASizeIsAnObjectsBeginning() {
        for (long size = 0; size <= 26 * UNIT; size += 100) {
            long[] below = new long[6];
            for (Extent extent : DRAWN.extents(0, Math.min(size, 24 * UNIT))) {
                below[(int) extent.object()] += extent.length();
            }
            for (int object = 0; object < 6; object++) {
                assertThat(DRAWN.lengthBelow(object, size))
                        .as("object %d of %d bytes", object, size)
                        .isEqualTo(below[object]);
            }
        }
        assertThat(Layout.plain(22).lengthBelow(2, (2L << 22) + 5)).isEqualTo(5);
        assertThat(Layout.plain(22).lengthBelow(2, 2L << 22)).isZero();
        assertThat(Layout.plain(22).lengthBelow(1, 2L << 22)).isEqualTo(4L << 20);
    }

    @Test
    void impossibleLayoutsAreRefused() {
        for (Runnable impossible : List.<Runnable>of(
                () -> new Layout(11, 512, 1),
                () -> new Layout(26, 512, 1),
                () -> Layout.plain(255),
                () -> Layout.plain(-1),
                () -> new Layout(22, 0, 1),
                () -> new Layout(22, -65536, 1),
                () -> new Layout(22, 3000, 1),
                () -> new Layout(22, 8L << 20, 1),
                () -> new Layout(22, 65536, 0),
                () -> new Layout(22, 65536, -1),
                () -> new Layout(22, 65536, 1L << 60))) {
            assertThatThrownBy(impossible::run).isInstanceOf(MalformedException.class);
        }
    }
}
