package io.jrados.crush;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * In how many placements each thing that a map may say made a difference: the outcome without it was another. What has
 * been seen often enough is not looked for any more, because each look is a placement of its own.
 */
public final class Tally {
    private static final int WHOLE_PROOF = 300;

    /** Differences after which a thing counts as proven. */
    private final int enough;

    private final Map<String, Integer> differences = new TreeMap<>(Comparator.naturalOrder());

    /** @param maps how many are looked at: from 300 on each thing must make a difference 1,000 times */
    public Tally(int maps) {
        enough = maps >= WHOLE_PROOF ? 1000 : 20;
    }

    /** Whether more differences of this thing are looked for; from the first question on it is in the account. */
    public boolean wants(String thing) {
        return differences.computeIfAbsent(thing, key -> 0) < enough;
    }

    public void add(String thing, boolean differs) {
        differences.merge(thing, differs ? 1 : 0, Integer::sum);
    }

    /** Things that made a difference too few times: in a few maps, none. */
    public List<String> unproven() {
        int least = enough == 1000 ? enough : 1;
        return differences.entrySet().stream()
                .filter(entry -> entry.getValue() < least)
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .toList();
    }

    @Override
    public String toString() {
        return differences.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue() + (entry.getValue() < enough ? "" : "+"))
                .collect(Collectors.joining(", "));
    }
}
