package io.jrados.crush;

import io.jrados.crush.Rule.Step;

/**
 * Runs the rules of one map: crush_do_rule (src/crush/mapper.c). For one thread at a time, and kept for the next
 * placing, which then allocates next to nothing.
 *
 * <p>A rule goes from the item it takes down to devices, step by step. "firstn" steps give a list without gaps, in
 * which an item lost moves the later ones up; "indep" steps give positions that keep their item whatever happens to the
 * others, and {@link CrushMap#NONE} where nothing was found.
 */
public final class Mapper {
    private final CrushMap map;
    private final Run run;
    private final FirstnChooser firstn;
    private final IndepChooser indep;
    private final MsrMapper msr;
    private final Tries usual;

    /** The items chosen by the last step, those that this step chooses, and the devices below the latter. */
    private int[] from = new int[0];

    private int[] to = new int[0];
    private int[] leaves = new int[0];
    private int fromSize;

    public Mapper(CrushMap map) {
        this.map = map;
        run = new Run(map);
        firstn = new FirstnChooser(run, new FirstnChooser(run, null));
        indep = new IndepChooser(run, new IndepChooser(run, null));
        msr = new MsrMapper(run);
        usual = Tries.of(map.tunables());
    }

    /**
     * Places {@code x}.
     *
     * @param rule number of the rule; one that the map does not have places nothing
     * @param result receives the devices, at most as many as it is long
     * @param weights how far each device is in, by number: 16.16 fixed point, 0x10000 for wholly and 0 for out; a
     *     device beyond the end is out. Borrowed for the call
     * @param pool whose own weight set is used if the map has one
     * @return how many positions of {@code result} were filled
     */
    public int place(int rule, int x, int[] result, int[] weights, long pool) {
        Rule found = map.ruleOrNull(rule);
        if (found == null || result.length == 0) {
            return 0;
        }
        run.begin(x, weights, map.chooseArgsOrNull(pool));
        return found.isMultiStepRetry() ? msr.place(found, result) : place(found, result);
    }

    private int place(Rule rule, int[] result) {
        if (from.length < result.length) {
            from = new int[result.length];
            to = new int[result.length];
            leaves = new int[result.length];
        }
        fromSize = 0;
        Tries tries = usual;
        int emitted = 0;
        for (Step step : rule.steps()) {
            switch (step.operation()) {
                case Step.TAKE -> take(step.argument1());
                case Step.CHOOSE_FIRSTN -> chooseFirstn(step, tries, result.length, false);
                case Step.CHOOSELEAF_FIRSTN -> chooseFirstn(step, tries, result.length, true);
                case Step.CHOOSE_INDEP -> chooseIndep(step, tries, result.length, false);
                case Step.CHOOSELEAF_INDEP -> chooseIndep(step, tries, result.length, true);
                case Step.EMIT -> {
                    int count = Math.min(fromSize, result.length - emitted);
                    System.arraycopy(from, 0, result, emitted, count);
                    emitted += count;
                    fromSize = 0;
                }
                default -> tries = tries.after(step);
            }
        }
        return emitted;
    }

    private void take(int item) {
        if (item >= 0 ? item < map.maxDevices() : map.hasBucket(item)) {
            from[0] = item;
            fromSize = 1;
        }
    }

    /** Returns the number of items that a step chooses: 0 and less stand for that many more than the whole result. */
    private static int count(Step step, int resultMax) {
        int count = step.argument1();
        return count > 0 ? count : count + resultMax;
    }

    private void chooseFirstn(Step step, Tries tries, int resultMax, boolean toLeaves) {
        if (fromSize == 0) {
            return;
        }
        int count = count(step, resultMax);
        int size = 0;
        for (int i = 0; i < fromSize; i++) {
            if (count > 0 && map.hasBucket(from[i])) {
                firstn.prepare(to, size, step.argument2(), tries.total(), tries);
                if (toLeaves) {
                    firstn.prepareLeaves(leaves, leafTries(tries));
                }
                size += firstn.choose(map.bucket(from[i]), count, 0, resultMax - size, 0);
            }
        }
        finish(size, toLeaves);
    }

    private int leafTries(Tries tries) {
        if (tries.leaf() > 0) {
            return tries.leaf();
        }
        return map.tunables().chooseleafDescendOnce() ? 1 : tries.total();
    }

    private void chooseIndep(Step step, Tries tries, int resultMax, boolean toLeaves) {
        if (fromSize == 0) {
            return;
        }
        int count = count(step, resultMax);
        int size = 0;
        for (int i = 0; i < fromSize; i++) {
            if (count > 0 && map.hasBucket(from[i])) {
                int room = Math.min(count, resultMax - size);
                indep.prepare(to, size, step.argument2(), count, tries.total());
                if (toLeaves) {
                    indep.prepareLeaves(leaves, Math.max(1, tries.leaf()));
                }
                indep.choose(map.bucket(from[i]), 0, room, 0);
                size += room;
            }
        }
        finish(size, toLeaves);
    }

    private void finish(int size, boolean toLeaves) {
        if (toLeaves) {
            System.arraycopy(leaves, 0, to, 0, size);
        }
        int[] chosen = to;
        to = from;
        from = chosen;
        fromSize = size;
    }
}
