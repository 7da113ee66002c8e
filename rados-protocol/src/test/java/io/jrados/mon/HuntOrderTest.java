package io.jrados.mon;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import io.jrados.wire.EntityAddr;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

@Covers("C04")
class HuntOrderTest {
    private static Monitor monitor(String name, int priority, int weight) {
        return new Monitor(
                name, EntityAddr.msgr2(new InetSocketAddress("10.0.0.1", 3300 + name.charAt(0))), priority, weight);
    }

    @Test
    void triesTheLowestPriorityFirstAndNoneTwiceInARound() {
        List<Monitor> all = List.of(
                monitor("a", 1, 0), monitor("b", 0, 0), monitor("c", 0, 0), monitor("d", 0, 0), monitor("e", 1, 0));
        HuntOrder order = new HuntOrder(new Random(1));
        Set<Monitor> first = new HashSet<>(order.next(all, 2));
        assertThat(first).hasSize(2).isSubsetOf(all.subList(1, 4));
        List<Monitor> second = order.next(all, 2);
        assertThat(second).hasSize(1).isSubsetOf(all.subList(1, 4)).doesNotContainAnyElementsOf(first);
        assertThat(order.next(all, 2)).containsExactlyInAnyOrder(all.get(0), all.get(4));
        assertThat(order.next(all, 2)).as("the round is over").isEmpty();
        assertThat(order.next(all, 2)).hasSize(2);
    }

    @Test
    void choosesByWeight() {
        List<Monitor> all = List.of(monitor("a", 0, 1), monitor("b", 0, 9));
        Map<String, Integer> firsts = new HashMap<>();
        for (int seed = 0; seed < 1000; seed++) {
            String name = new HuntOrder(new Random(seed)).next(all, 1).get(0).name();
            firsts.merge(name, 1, Integer::sum);
        }
        assertThat(firsts.get("b")).isBetween(850, 950);
    }

    @Test
    void choosesAtRandomWithoutWeights() {
        List<Monitor> all = List.of(monitor("a", 0, 0), monitor("b", 0, 0), monitor("c", 0, 0));
        Set<String> firsts = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            firsts.add(new HuntOrder(new Random(seed)).next(all, 1).get(0).name());
        }
        assertThat(firsts).containsExactlyInAnyOrder("a", "b", "c");
    }
}
