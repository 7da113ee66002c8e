package io.jrados.crush;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.crush.Rule.Step;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rules that a decoder accepts and that would take hours: all the tries that there may be, in all the steps. */
@Timeout(30)
class CrushBoundsTest {
    private static final int TRIES = 1 << 16;
    private static final int STEPS = 1000;
    private static final int[] ALL_OUT = new int[64];

    private static int place(CrushBytes bytes, int rule) {
        CrushMap map = Decoder.whole(bytes.tails().bytes(), CrushMap::decode);
        return new Mapper(map).place(rule, 7, new int[64], ALL_OUT, 1);
    }

    private static CrushBytes wide() {
        return new CrushBytes().bucket(-1, 1, IntStream.range(0, ALL_OUT.length).toArray());
    }

    private static int[] steps(int[] settings, int... each) {
        int count = STEPS - settings.length / 3;
        int[] steps = new int[settings.length + 3 * count];
        System.arraycopy(settings, 0, steps, 0, settings.length);
        for (int i = settings.length; i < steps.length; i++) {
            steps[i] = each[(i - settings.length) % each.length];
        }
        return steps;
    }

    @Test
    @Covers("D48")
    void triesTimesStepsOfARuleAreBounded() {
        int[] most = {
            Step.SET_CHOOSE_TRIES, TRIES, 0, Step.SET_CHOOSELEAF_TRIES, TRIES, 0, Step.SET_CHOOSE_LOCAL_TRIES, TRIES, 0
        };
        for (int choose :
                new int[] {Step.CHOOSE_FIRSTN, Step.CHOOSE_INDEP, Step.CHOOSELEAF_FIRSTN, Step.CHOOSELEAF_INDEP}) {
            int[] rule = steps(most, Step.TAKE, -1, 0, choose, 0, 0, Step.EMIT, 0, 0);
            assertThat(place(wide().rule(rule), 0)).isLessThanOrEqualTo(64);
        }
    }

    @Test
    @Covers("D48")
    void soAreThoseOfARuleThatRetriesSeveralSteps() {
        int[] most = {Step.SET_MSR_DESCENTS, TRIES, 0, Step.SET_MSR_COLLISION_TRIES, TRIES, 0};
        int[] rule = steps(most, Step.TAKE, -1, 0, Step.CHOOSE_MSR, 2, 0, Step.EMIT, 0, 0);
        CrushBytes bytes = wide().rule(out -> {
            out.u32(1).u32(rule.length / 3).u8(0).u8(Rule.MSR_INDEP).u8(1).u8(100);
            IntStream.of(rule).forEach(out::i32);
        });
        assertThat(place(bytes, 0)).isLessThanOrEqualTo(64);
    }
}
