package io.jrados.mon;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The order in which monitors are tried: those of the lowest priority first, at random by their weights, none twice
 * before all were tried (MonClient::_add_conns, src/mon/MonClient.cc). Pure.
 */
final class HuntOrder {
    private final RandomGenerator random;
    private final Set<Monitor> tried = new HashSet<>();

    HuntOrder(RandomGenerator random) {
        this.random = random;
    }

    /** Up to {@code max} that were not tried in this round; none when the round is over, and a new one has begun. */
    List<Monitor> next(List<Monitor> all, int max) {
        List<Monitor> left = new ArrayList<>(all);
        left.removeAll(tried);
        if (left.isEmpty()) {
            tried.clear();
            return List.of();
        }
        int lowest = left.stream().mapToInt(Monitor::priority).min().getAsInt();
        left.removeIf(monitor -> monitor.priority() != lowest);
        List<Monitor> batch = new ArrayList<>();
        while (batch.size() < max && !left.isEmpty()) {
            batch.add(left.remove(pick(left)));
        }
        tried.addAll(batch);
        return batch;
    }

    private int pick(List<Monitor> from) {
        long total = from.stream().mapToLong(Monitor::weight).sum();
        if (total == 0) {
            return random.nextInt(from.size());
        }
        long ticket = random.nextLong(total);
        int at = 0;
        while (ticket >= from.get(at).weight()) {
            ticket -= from.get(at++).weight();
        }
        return at;
    }

    /** Begins a new round. */
    void restart() {
        tried.clear();
    }
}
