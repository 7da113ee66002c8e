package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.Environment;
import io.jrados.testkit.Covers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ReceiveBudgetTest {
    private final ReceiveBudget budget = new ReceiveBudget(100);
    private final List<String> woken = new ArrayList<>();

    @Test
    @Covers("A38")
    void holdsWhatFitsAndWakesWhoWaits() {
        assertThat(budget.take(60)).isTrue();
        assertThat(budget.take(41)).isFalse();
        assertThat(budget.take(40)).isTrue();
        budget.await(() -> woken.add("one"));
        budget.await(() -> woken.add("two"));
        assertThat(woken).isEmpty();
        budget.give(60);
        assertThat(woken).containsExactly("one", "two");
        budget.give(40);
        assertThat(budget.taken()).isZero();
        assertThat(woken).hasSize(2);
    }

    @Test
    @Covers("A38")
    void whatIsLargerThanAllOfItComesAlone() {
        assertThat(budget.take(1000)).isTrue();
        assertThat(budget.take(1)).isFalse();
        budget.give(1000);
        assertThat(budget.take(1)).isTrue();
    }

    @Test
    @Covers("A38")
    void whoWaitsForNothingIsWokenAtOnce() {
        budget.await(() -> woken.add("at once"));
        assertThat(woken).containsExactly("at once");
    }

    private final Set<String> deaf = new HashSet<>();
    private final HandLoop loop = new HandLoop();
    private final Environment environment = new Environment() {
        @Override
        public long nanoTime() {
            return loop.nanoTime();
        }

        @Override
        public long wallClockMillis() {
            return 0;
        }

        @Override
        public RandomGenerator random() {
            return new Random(1);
        }
    };

    private ReceiveBudget.Share share(ReceiveBudget of, String name) {
        return of.share(
                loop, environment, () -> deaf.contains(name), why -> woken.add(name + " ended: " + why.getMessage()));
    }

    @Test
    @Covers("A38")
    void aConnectionIsNotReadWhileOthersHoldAll() {
        ReceiveBudget large = new ReceiveBudget(200 << 10);
        ReceiveBudget.Share first = share(large, "first");
        ReceiveBudget.Share second = share(large, "second");
        first.want(150 << 10, 10, reading -> woken.add("first " + reading));
        second.want(100 << 10, 10, reading -> woken.add("second " + reading));
        assertThat(woken).containsExactly("first true", "second false");
        assertThat(second.isWaiting()).isTrue();
        first.give();
        loop.run();
        assertThat(second.isWaiting()).isFalse();
        assertThat(woken).containsExactly("first true", "second false", "second true");
        first.want(150 << 10, 10, reading -> woken.add("first " + reading));
        first.close();
        second.close();
        loop.pass(Duration.ofMinutes(1));
        assertThat(large.taken()).isZero();
        assertThat(woken).endsWith("first false");
    }

    /** A byte now and then is no reason to let one OSD keep the others from being read. */
    @Test
    void aFrameThatDripsEndsWhenOthersWaitAndNoSooner() {
        int mib = 1 << 20;
        ReceiveBudget of = new ReceiveBudget(100L * mib);
        ReceiveBudget.Share hostile = share(of, "hostile");
        ReceiveBudget.Share honest = share(of, "honest");
        hostile.want(101L * mib, mib, reading -> woken.add("hostile " + reading));
        for (int second = 1; second <= 60; second++) {
            loop.pass(Duration.ofSeconds(1));
            hostile.arrived(mib + second);
        }
        assertThat(woken).containsExactly("hostile true");

        honest.want(mib, 80 << 10, reading -> woken.add("honest " + reading));
        loop.pass(Duration.ofMillis(4999));
        assertThat(woken).containsExactly("hostile true", "honest false");
        loop.pass(Duration.ofMillis(1));
        assertThat(woken).hasSize(3).last().asString().contains("of which 60 came in the last 65 s", "(ETIMEDOUT)");
        hostile.close();
        loop.run();
        assertThat(woken).last().isEqualTo("honest true");
    }

    @Test
    void aFrameThatKeepsThePaceIsLeftAlone() {
        int mib = 1 << 20;
        ReceiveBudget of = new ReceiveBudget(100L * mib);
        ReceiveBudget.Share slow = share(of, "slow");
        ReceiveBudget.Share next = share(of, "next");
        slow.want(100L * mib, mib, reading -> woken.add("slow " + reading));
        next.want(mib, 80 << 10, reading -> woken.add("next " + reading));
        for (int window = 1; window < ReceiveBudget.PACE; window++) {
            slow.arrived(mib + 25L * window * mib);
            loop.pass(ReceiveBudget.WINDOW);
        }
        slow.give();
        loop.run();
        loop.pass(Duration.ofMinutes(1));
        assertThat(woken).containsExactly("slow true", "next false", "next true");
    }

    /** Three frames share a thin link, and a fourth waits: to end all of them would bring all of them again. */
    @Test
    void ofSeveralThatAreSlowOneMakesRoom() {
        int mib = 1 << 20;
        ReceiveBudget of = new ReceiveBudget(96L * mib);
        List<ReceiveBudget.Share> holders = List.of(share(of, "one"), share(of, "two"), share(of, "three"));
        holders.forEach(each -> each.want(32L * mib, mib, reading -> woken.add("reading")));
        share(of, "fourth").want(32L * mib, mib, reading -> woken.add("fourth " + reading));
        holders.get(0).arrived(5L * mib);
        holders.get(1).arrived(4L * mib);
        holders.get(2).arrived(5L * mib);
        loop.pass(ReceiveBudget.WINDOW);
        assertThat(woken).hasSize(5).last().asString().startsWith("two ended");
        holders.get(1).close();
        loop.run();
        assertThat(woken).last().isEqualTo("fourth true");
    }

    @Test
    void aFrameThatComesWhileTheLoopIsBusyIsNotEnded() {
        int mib = 1 << 20;
        ReceiveBudget of = new ReceiveBudget(100L * mib);
        HandLoop itsOwn = new HandLoop();
        ReceiveBudget.Share busy =
                of.share(itsOwn, environment, () -> false, why -> woken.add("busy ended: " + why.getMessage()));
        busy.want(100L * mib, mib, reading -> woken.add("busy " + reading));
        share(of, "next").want(mib, 80 << 10, reading -> woken.add("next " + reading));
        loop.pass(ReceiveBudget.WINDOW);
        busy.arrived(80L * mib);
        itsOwn.run();
        assertThat(woken).containsExactly("busy true", "next false");
    }

    @Test
    void whoDoesNotReadForAReasonOfOursIsNotBlamed() {
        int mib = 1 << 20;
        ReceiveBudget of = new ReceiveBudget(100L * mib);
        ReceiveBudget.Share first = share(of, "first");
        first.want(100L * mib, mib, reading -> woken.add("first " + reading));
        share(of, "next").want(mib, 80 << 10, reading -> woken.add("next " + reading));
        deaf.add("first");
        loop.pass(ReceiveBudget.WINDOW.multipliedBy(3).minusMillis(1));
        deaf.clear();
        first.resumed();
        loop.pass(ReceiveBudget.WINDOW.minusMillis(1));
        assertThat(woken).containsExactly("first true", "next false");
        loop.pass(ReceiveBudget.WINDOW);
        assertThat(woken).hasSize(3).last().asString().startsWith("first ended");
    }
}
