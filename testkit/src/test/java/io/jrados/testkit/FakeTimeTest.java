package io.jrados.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FakeTimeTest {
    private final List<String> ran = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 1_500_000_000L})
    void runsTimersInOrderAndEachAtItsTime(long start) {
        FakeTime time = new FakeTime(start);
        time.schedule(Duration.ofSeconds(2), () -> ran.add("two at " + (time.nanoTime() - start) / 1_000_000));
        time.schedule(Duration.ofSeconds(1), () -> {
            ran.add("one at " + (time.nanoTime() - start) / 1_000_000);
            time.execute(() -> ran.add("after one"));
            time.schedule(Duration.ofMillis(500), () -> ran.add("nested"));
        });

        time.advance(Duration.ofMillis(999));
        assertThat(ran).isEmpty();
        time.advance(Duration.ofSeconds(2));

        assertThat(ran).containsExactly("one at 1000", "after one", "nested", "two at 2000");
        assertThat(time.nanoTime() - start).isEqualTo(2_999_000_000L);
    }

    @Test
    void timersOfOneInstantRunAsSubmitted() {
        FakeTime time = new FakeTime();
        for (int k = 0; k < 20; k++) {
            String name = Integer.toString(k);
            time.schedule(Duration.ofSeconds(1), () -> ran.add(name));
        }
        time.advance(Duration.ofSeconds(1));
        assertThat(ran).hasSize(20).isSortedAccordingTo((a, b) -> Integer.parseInt(a) - Integer.parseInt(b));
    }

    @Test
    void aCancelledTimerDoesNotRun() {
        FakeTime time = new FakeTime();
        Runnable cancel = time.schedule(Duration.ofSeconds(1), () -> ran.add("never"));
        cancel.run();
        assertThat(time.scheduled()).isZero();
        time.advance(Duration.ofSeconds(2));
        assertThat(ran).isEmpty();
    }

    @Test
    void nothingRunsInsideExecute() {
        FakeTime time = new FakeTime();
        time.execute(() -> ran.add("in loop " + time.inLoop()));
        assertThat(ran).isEmpty();
        time.runReady();
        assertThat(ran).containsExactly("in loop true");
        assertThat(time.inLoop()).isFalse();
    }
}
