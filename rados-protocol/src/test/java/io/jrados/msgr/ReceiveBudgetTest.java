package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import java.util.ArrayList;
import java.util.List;
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

    @Test
    @Covers("A38")
    void aConnectionIsNotReadWhileOthersHoldAll() {
        ReceiveBudget large = new ReceiveBudget(200 << 10);
        ReceiveBudget.Share first = large.share(Runnable::run);
        ReceiveBudget.Share second = large.share(Runnable::run);
        first.want(150 << 10, reading -> woken.add("first " + reading));
        second.want(10, reading -> woken.add("too small to count"));
        second.want(100 << 10, reading -> woken.add("second " + reading));
        assertThat(woken).containsExactly("first true", "second false");
        assertThat(second.isWaiting()).isTrue();
        first.give();
        assertThat(second.isWaiting()).isFalse();
        assertThat(woken).containsExactly("first true", "second false", "second true");
        first.want(150 << 10, reading -> woken.add("first " + reading));
        first.close();
        second.close();
        assertThat(large.taken()).isZero();
        assertThat(woken).doesNotContain("too small to count").endsWith("first false");
    }
}
