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
}
