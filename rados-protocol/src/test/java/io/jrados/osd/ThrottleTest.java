package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.osd.Throttle.Turn;
import io.jrados.testkit.Covers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@Covers("E16")
class ThrottleTest {
    private record Sized(int number, long cost) implements Throttle.Entry {}

    @Test
    void admitsInOrderByCountAndBytes() {
        Throttle throttle = new Throttle(3, 100, 10);
        Sized first = new Sized(1, 60);
        Sized large = new Sized(2, 50);
        Sized small = new Sized(3, 1);
        assertThat(throttle.enter(first)).isEqualTo(Turn.NOW);
        assertThat(throttle.enter(large)).isEqualTo(Turn.LATER);
        assertThat(throttle.enter(small)).as("would fit, but must not overtake").isEqualTo(Turn.LATER);
        assertThat(throttle.next()).isNull();
        throttle.leave(first);
        assertThat(throttle.next()).isEqualTo(large);
        assertThat(throttle.next()).isEqualTo(small);
        assertThat(throttle.bytes()).isEqualTo(51);
    }

    @Test
    void letsOneThroughThatIsLargerThanTheBudget() {
        Throttle throttle = new Throttle(3, 100, 10);
        Sized huge = new Sized(1, 1000);
        assertThat(throttle.enter(huge)).isEqualTo(Turn.NOW);
        assertThat(throttle.enter(new Sized(2, 0))).isEqualTo(Turn.LATER);
        throttle.leave(huge);
        assertThat(throttle.next()).isNotNull();
    }

    /** An entry that counts how often it is compared. */
    private static final class Compared implements Throttle.Entry {
        static final AtomicInteger COMPARISONS = new AtomicInteger();

        @Override
        public long cost() {
            return 1;
        }

        @Override
        public boolean equals(Object other) {
            COMPARISONS.incrementAndGet();
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    @Test
    void takesOutTheNewestWithoutLookingAtAllThatWait() {
        Throttle throttle = new Throttle(1, 100, 20_000);
        List<Compared> waiting = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            Compared entry = new Compared();
            throttle.enter(entry);
            waiting.add(entry);
        }
        for (int i = waiting.size() - 1; i > 0; i--) {
            assertThat(throttle.removeWaiting(waiting.get(i))).isTrue();
        }
        assertThat(throttle.waiting()).isZero();
        assertThat(Compared.COMPARISONS).hasValueLessThan(100_000);
    }

    @Test
    void refusesWhenTooManyWait() {
        Throttle throttle = new Throttle(1, 100, 1);
        throttle.enter(new Sized(1, 1));
        Sized waiting = new Sized(2, 1);
        assertThat(throttle.enter(waiting)).isEqualTo(Turn.LATER);
        assertThat(throttle.enter(new Sized(3, 1))).isEqualTo(Turn.REFUSED);
        assertThat(throttle.removeWaiting(waiting)).isTrue();
        assertThat(throttle.enter(new Sized(4, 1))).isEqualTo(Turn.LATER);
    }
}
