package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ImageIdsTest {
    /** Answers with one number for ever. */
    private static Random always(int number) {
        return new Random() {
            private static final long serialVersionUID = 1L;

            @Override
            public int nextInt() {
                return number;
            }
        };
    }

    @Test
    @Covers("G17")
    void isTheClientsIdAndARandomNumberInHexadecimal() {
        assertThat(ImageIds.next(0x1018, always(0xebe1bf25))).isEqualTo("1018ebe1bf25");
        assertThat(ImageIds.next(0x102a, always(0x83ad378))).isEqualTo("102a83ad378");
    }

    @Test
    @Covers("G17")
    void keepsTheLast14Digits() {
        assertThat(ImageIds.next(0x123456789abcL, always(-1)))
                .isEqualTo("789abcffffffff")
                .hasSize(14);
    }
}
