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
    private static final class Sized extends Throttle.Entry {
        private final int number;
        private final long cost;
        private final long kept;

        Sized(int number, long cost) {
            this(number, cost, cost);
        }

        Sized(int number, long cost, long kept) {
            this.number = number;
            this.cost = cost;
            this.kept = kept;
        }

        @Override
        long kept() {
            return kept;
        }

        @Override
        long cost() {
            return cost;
        }

        @Override
        public String toString() {
            return number + ": " + cost;
        }
    }

    private final Throttle.Lane lane = new Throttle.Lane("for osd.0", false);
    private final Throttle.Lane other = new Throttle.Lane("for osd.1", false);
    private final Throttle.Lane paused = new Throttle.Lane("for a pool that is paused", true);

    @Test
    void admitsInOrderByCountAndBytes() {
        Throttle throttle = new Throttle(3, 100, 10);
        Sized first = new Sized(1, 60);
        Sized large = new Sized(2, 50);
        Sized small = new Sized(3, 1);
        assertThat(throttle.enter(first, lane)).isEqualTo(Turn.NOW);
        assertThat(throttle.enter(large, lane)).isEqualTo(Turn.LATER);
        assertThat(throttle.enter(small, lane))
                .as("would fit, but must not overtake")
                .isEqualTo(Turn.LATER);
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
        assertThat(throttle.enter(huge, lane)).isEqualTo(Turn.NOW);
        assertThat(throttle.enter(new Sized(2, 0), lane)).isEqualTo(Turn.LATER);
        throttle.leave(huge);
        assertThat(throttle.next()).isNotNull();
    }

    /** An entry that counts how often it is compared. */
    private static final class Compared extends Throttle.Entry {
        static final AtomicInteger COMPARISONS = new AtomicInteger();

        @Override
        long cost() {
            return 1;
        }

        @Override
        long kept() {
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
            throttle.enter(entry, lane);
            waiting.add(entry);
        }
        for (int i = waiting.size() - 1; i > 0; i--) {
            assertThat(throttle.removeWaiting(waiting.get(i))).isTrue();
        }
        assertThat(throttle.waiting()).isZero();
        assertThat(Compared.COMPARISONS).hasValueLessThan(100_000);
    }

    /** A read has no memory while it waits: only their number bounds those. */
    @Test
    void readsThatWaitAreNotBoundedByTheirBytes() {
        Throttle throttle = new Throttle(1, 100, 1000);
        throttle.enter(new Sized(0, 100), lane);
        for (int i = 1; i <= 100; i++) {
            assertThat(throttle.enter(new Sized(i, Limits.waitingBytes(100) / 10, 0), lane))
                    .isEqualTo(Turn.LATER);
        }
        assertThat(throttle.waitingBytes()).isZero();
    }

    @Test
    void refusesWhenTooManyWait() {
        Throttle throttle = new Throttle(1, 100, 1);
        throttle.enter(new Sized(1, 1), lane);
        Sized waiting = new Sized(2, 1);
        assertThat(throttle.enter(waiting, lane)).isEqualTo(Turn.LATER);
        assertThat(throttle.enter(new Sized(3, 1), lane)).isEqualTo(Turn.REFUSED);
        assertThat(throttle.removeWaiting(waiting)).isTrue();
        assertThat(throttle.enter(new Sized(4, 1), lane)).isEqualTo(Turn.LATER);
    }

    @Test
    void refusesWhenTooManyBytesWait() {
        Throttle throttle = new Throttle(1, 100, 1000);
        long most = Limits.waitingBytes(100);
        throttle.enter(new Sized(1, 1), lane);
        Sized huge = new Sized(2, 2 * most);
        assertThat(throttle.enter(huge, lane)).as("alone").isEqualTo(Turn.LATER);
        assertThat(throttle.enter(new Sized(3, 1), lane)).isEqualTo(Turn.REFUSED);
        throttle.removeWaiting(huge);
        assertThat(throttle.enter(new Sized(4, most - 1), lane)).isEqualTo(Turn.LATER);
        assertThat(throttle.enter(new Sized(5, 2), lane)).isEqualTo(Turn.REFUSED);
        assertThat(throttle.enter(new Sized(6, 1), lane)).isEqualTo(Turn.LATER);
        assertThat(throttle.waitingBytes()).isEqualTo(most);
        assertThat(Limits.waitingBytes(100 << 20)).isEqualTo(64L * (100 << 20));
        assertThat(Limits.waitingBytes(Long.MAX_VALUE)).isPositive();
    }

    @Test
    void whatIsSetAsideLeavesItsRoomToOtherLanesButNotToItsOwn() {
        Throttle throttle = new Throttle(2, 100, 10);
        Sized first = new Sized(1, 1);
        Sized second = new Sized(2, 1);
        throttle.enter(first, lane);
        throttle.enter(second, lane);
        Sized third = new Sized(3, 1);
        Sized fourth = new Sized(4, 1);
        assertThat(throttle.enter(third, lane)).isEqualTo(Turn.LATER);
        assertThat(throttle.enter(fourth, other)).isEqualTo(Turn.LATER);
        assertThat(throttle.next()).as("the client is full").isNull();
        throttle.setAside(first);
        throttle.setAside(second);
        assertThat(throttle.next()).as("it passes the one whose lane is full").isEqualTo(fourth);
        assertThat(throttle.next()).isNull();
        assertThat(throttle.before(third)).isEqualTo("2 operations of 2 bytes for osd.0 are before it");
        assertThat(throttle.operations()).isEqualTo(1);
        throttle.leave(first);
        assertThat(throttle.next()).isEqualTo(third);
        assertThat(throttle.operations())
                .as("a lane that does not answer counts for itself")
                .isEqualTo(1);
        throttle.leave(second);
        throttle.leave(third);
        throttle.enter(new Sized(5, 1), lane);
        assertThat(throttle.operations()).as("it answers again").isEqualTo(2);
    }

    @Test
    void whatIsParkedNeverTakesRoomAndTakesItWhenItGoesOn() {
        Throttle throttle = new Throttle(2, 100, 10);
        Sized first = new Sized(1, 1);
        Sized second = new Sized(2, 1);
        throttle.enter(first, paused);
        throttle.enter(second, paused);
        assertThat(throttle.enter(new Sized(3, 1), paused))
                .as("it has a limit too")
                .isEqualTo(Turn.LATER);
        assertThat(throttle.operations()).isZero();
        throttle.move(first, lane);
        throttle.move(second, lane);
        assertThat(throttle.operations()).isEqualTo(2);
        Sized newcomer = new Sized(4, 1);
        assertThat(throttle.enter(newcomer, other)).isEqualTo(Turn.LATER);
        assertThat(throttle.next()).as("there is room in its lane").isNotNull().hasToString("3: 1");
        assertThat(throttle.next()).isNull();
        throttle.leave(first);
        assertThat(throttle.next()).isEqualTo(newcomer);
    }

    @Test
    void liningUpAnewKeepsTheOrderOfArrival() {
        Throttle throttle = new Throttle(1, 100, 10);
        Sized inFlight = new Sized(0, 1);
        throttle.enter(inFlight, lane);
        List<Sized> waiting = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            Sized entry = new Sized(i, 1);
            throttle.enter(entry, i % 2 == 0 ? lane : other);
            waiting.add(entry);
        }
        assertThat(throttle.next()).isNull();
        throttle.lineUp(entry -> other);
        for (Sized expected : waiting) {
            throttle.leave(inFlight);
            inFlight = (Sized) throttle.next();
            assertThat(inFlight).isEqualTo(expected);
            assertThat(throttle.next()).isNull();
        }
        assertThat(throttle.waiting()).isZero();
    }
}
