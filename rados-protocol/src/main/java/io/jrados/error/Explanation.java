package io.jrados.error;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Everything that a client, or an image, had not finished at one moment, with what each waits for. A thread that seems
 * stuck waits for one of these.
 *
 * @param waiting in the order of {@link Waiting#since}, at most {@link #MOST}
 * @param more how many there were beside them
 */
public record Explanation(List<Waiting> waiting, long more) {
    /** Things that one explanation lists. */
    public static final int MOST = 1000;

    public Explanation {
        waiting = List.copyOf(waiting);
    }

    /** One line for each, "nothing is waited for" without any. */
    @Override
    public String toString() {
        if (waiting.isEmpty() && more == 0) {
            return "nothing is waited for";
        }
        StringBuilder text = new StringBuilder();
        waiting.forEach(one -> text.append(text.isEmpty() ? "" : "\n").append(one));
        return text.append(more == 0 ? "" : "\nand " + more + " more").toString();
    }

    /** Collects an explanation, and no more of it than fits. Confined to one thread. */
    public static final class Builder {
        private final List<Waiting> waiting = new ArrayList<>();
        private long more;

        /** @param one called only if there is room for it */
        public void add(Supplier<Waiting> one) {
            if (waiting.size() < MOST) {
                waiting.add(one.get());
            } else {
                more++;
            }
        }

        /** The room that is left. */
        public int room() {
            return MOST - waiting.size();
        }

        /** Counts what was not looked at because there was no room. */
        public void addMore(long count) {
            more += count;
        }

        public Explanation build() {
            waiting.sort(Comparator.comparing(Waiting::since));
            return new Explanation(waiting, more);
        }
    }
}
