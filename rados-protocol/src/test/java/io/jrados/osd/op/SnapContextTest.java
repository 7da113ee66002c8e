package io.jrados.osd.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapContextTest {
    private static SnapContext of(String text) {
        String[] words = text.split(" ");
        long[] ids = new long[words.length - 1];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Long.parseUnsignedLong(words[i + 1]);
        }
        return new SnapContext(Long.parseUnsignedLong(words[0]), ids);
    }

    /** The sequence, then the ids. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "5", "5 5", "5 4 3", "18446744073709551615 9223372036854775808 1"})
    void descends(String text) {
        SnapContext context = of(text);
        assertThat(context.size()).isEqualTo(text.split(" ").length - 1);
        assertThat(context.isEmpty()).isEqualTo(context.size() == 0);
        assertThat(context).isEqualTo(of(text)).hasSameHashCodeAs(of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4 5", "5 4 4", "5 3 4", "1 18446744073709551615"})
    void refusesOthers(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(text))
                .withMessageContaining("not strictly descending");
    }

    @Test
    void keepsItsIds() {
        long[] ids = {5, 4};
        SnapContext context = new SnapContext(6, ids);
        ids[0] = 9;
        context.snaps()[1] = 9;
        assertThat(context.snaps()).containsExactly(5, 4);
        assertThat(context)
                .isNotEqualTo(new SnapContext(7, 5, 4))
                .isNotEqualTo(new SnapContext(6, 5))
                .isNotEqualTo(6);
        assertThat(context.toString()).isEqualTo("6[5, 4]");
    }
}
