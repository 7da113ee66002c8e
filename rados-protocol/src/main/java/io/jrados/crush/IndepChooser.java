package io.jrados.crush;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One "indep" step, or the search for a device below what such a step chose: crush_choose_indep (src/crush/mapper.c).
 * Every position is tried for by itself, breadth first; one that finds nothing holds {@link CrushMap#NONE}.
 */
final class IndepChooser {
    private static final int AGAIN = Run.UNDEFINED;

    private final Run run;
    private final @Nullable IndepChooser leafChooser;

    private int[] out = new int[0];
    private int base;
    private int type;
    private int replicas;
    private int tries;
    private boolean toLeaves;

    /** @param leafChooser for the devices below; the one of the leaves themselves has none */
    IndepChooser(Run run, @Nullable IndepChooser leafChooser) {
        this.run = run;
        this.leafChooser = leafChooser;
    }

    /** Chooses items of a type, one for each of {@code replicas}, into {@code into} from {@code at} on. */
    void prepare(int[] into, int at, int itemType, int count, int maxTries) {
        out = into;
        base = at;
        type = itemType;
        replicas = count;
        tries = maxTries;
        toLeaves = false;
    }

    /** Also finds a device below each item, into {@code leaves}. */
    void prepareLeaves(int[] leaves, int maxTries) {
        toLeaves = true;
        leafChooser().prepare(leaves, base, 0, replicas, maxTries);
    }

    private IndepChooser leafChooser() {
        if (leafChooser == null) {
            throw new IllegalStateException("below devices there is nothing to choose");
        }
        return leafChooser;
    }

    /**
     * Fills {@code count} positions from {@code first} on.
     *
     * @param parent the try that led to this bucket
     */
    void choose(Bucket bucket, int first, int count, int parent) {
        int end = first + count;
        fill(first, end, AGAIN);
        if (toLeaves) {
            leafChooser().fill(first, end, AGAIN);
        }
        int left = count;
        for (int failures = 0; left > 0 && failures < tries && !run.isSpent(); failures++) {
            for (int position = first; position < end; position++) {
                if (out[base + position] == AGAIN && one(bucket, first, end, position, parent, failures)) {
                    left--;
                }
            }
        }
        giveUp(first, end);
        if (toLeaves) {
            leafChooser().giveUp(first, end);
        }
    }

    private void fill(int first, int end, int item) {
        Arrays.fill(out, base + first, base + end, item);
    }

    private void giveUp(int first, int end) {
        for (int i = base + first; i < base + end; i++) {
            if (out[i] == AGAIN) {
                out[i] = CrushMap.NONE;
            }
        }
    }

    /** Tries once for a position; whether it is settled now, with an item or for good without. */
    private boolean one(Bucket bucket, int first, int end, int position, int parent, int failures) {
        Bucket in = bucket;
        while (run.mayChooseFrom(in)) {
            int r = position + parent + stride(in) * failures;
            int item = in.choose(run, r, first);
            if (run.typeOf(item) == type) {
                if (isTaken(item, first, end) || isRejected(item, position, r)) {
                    return false;
                }
                out[base + position] = item;
                return true;
            }
            if (item >= 0) {
                out[base + position] = CrushMap.NONE;
                if (toLeaves) {
                    leafChooser().out[base + position] = CrushMap.NONE;
                }
                return true;
            }
            in = run.map().bucket(item);
        }
        return false;
    }

    /** A permutation whose length the stride divides would give the same items again. */
    private int stride(Bucket in) {
        return in instanceof UniformBucket && in.size() % replicas == 0 ? replicas + 1 : replicas;
    }

    private boolean isTaken(int item, int first, int end) {
        for (int i = base + first; i < base + end; i++) {
            if (out[i] == item) {
                return true;
            }
        }
        return false;
    }

    private boolean isRejected(int item, int position, int r) {
        if (toLeaves) {
            IndepChooser leaves = leafChooser();
            if (item >= 0) {
                leaves.out[base + position] = item;
            } else {
                leaves.choose(run.map().bucket(item), position, 1, r);
                if (leaves.out[base + position] == CrushMap.NONE) {
                    return true;
                }
            }
        }
        return type == 0 && run.isOut(item);
    }
}
