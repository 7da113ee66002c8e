package io.jrados.crush;

import io.jrados.crush.Rule.Step;
import java.util.Arrays;
import java.util.List;

/**
 * Runs multi-step retry rules, of Squid and later: crush_msr_do_rule (src/crush/mapper.c, Squid). Such a rule is blocks
 * of TAKE, CHOOSE_MSR steps and EMIT. Each step divides the positions it fills into strides of equal length, and no two
 * strides share an item; a block that met a device that is out is gone through again as a whole, so that another host
 * may take the place, not only another device of the same one.
 */
final class MsrMapper {
    private static final int FREE = Run.UNDEFINED;

    private final Run run;

    private Rule rule = new Rule(0, Rule.MSR_FIRSTN, List.of());
    private int[] result = new int[0];
    private int placed;
    private int firstStep;
    private int endStep;
    private int collisionTries;

    /** The choices of each step of a block, by position. */
    private int[][] chosen = new int[0][];

    MsrMapper(Run run) {
        this.run = run;
    }

    int place(Rule ofMsr, int[] into) {
        rule = ofMsr;
        result = into;
        placed = 0;
        Arrays.fill(result, CrushMap.NONE);
        int descents = run.map().tunables().msrDescents();
        collisionTries = run.map().tunables().msrCollisionTries();
        int step = 0;
        for (; step < size() && isSetting(step(step)); step++) {
            if (step(step).operation() == Step.SET_MSR_DESCENTS) {
                descents = step(step).argument1();
            } else {
                collisionTries = step(step).argument1();
            }
        }
        int position = 0;
        while (step < size()) {
            int emit = emitAfter(step);
            if (emit < 0) {
                return 0;
            }
            position = placeBlock(step, emit, position, descents);
            if (position < 0) {
                return 0;
            }
            step = emit + 1;
        }
        return rule.type() == Rule.MSR_FIRSTN ? placed : result.length;
    }

    private int size() {
        return rule.steps().size();
    }

    private Step step(int at) {
        return rule.steps().get(at);
    }

    private static boolean isSetting(Step step) {
        return step.operation() == Step.SET_MSR_DESCENTS || step.operation() == Step.SET_MSR_COLLISION_TRIES;
    }

    /** The EMIT of the block that begins here, or -1 if it is not one. */
    private int emitAfter(int take) {
        if (step(take).operation() != Step.TAKE) {
            return -1;
        }
        int at = take + 1;
        while (at < size() && step(at).operation() == Step.CHOOSE_MSR) {
            at++;
        }
        return at < size() && step(at).operation() == Step.EMIT ? at : -1;
    }

    /** Items a step chooses; 0 stands for the size of the result. */
    private int strides(Step step) {
        return step.argument1() == 0 ? result.length : step.argument1();
    }

    /** Fills positions from {@code start} on; the first that is not the block's, or -1 when the rule makes no sense. */
    private int placeBlock(int take, int emit, int start, int descents) {
        int root = step(take).argument1();
        firstStep = take + 1;
        endStep = emit;
        if (root >= 0) {
            if (firstStep != endStep || start >= result.length) {
                return -1;
            }
            emit(start, root);
            return start + 1;
        }
        if (!run.map().hasBucket(root) || firstStep == endStep) {
            return -1;
        }
        long width = 1;
        for (int i = firstStep; i < endStep; i++) {
            width *= strides(step(i));
            if (width <= 0 || width > Integer.MAX_VALUE) {
                return -1;
            }
        }
        int end = (int) Math.min(start + width, result.length);
        clear();
        int wanted = placed + (end - start);
        for (int descent = 0; descent < descents && placed < wanted && !run.isSpent(); descent++) {
            choose(run.map().bucket(root), (int) width, start, end, firstStep, descent);
        }
        return end;
    }

    private void clear() {
        int steps = endStep - firstStep;
        if (chosen.length < steps || chosen[0].length < result.length) {
            chosen = new int[steps][result.length];
        }
        for (int[] ofStep : chosen) {
            Arrays.fill(ofStep, FREE);
        }
    }

    /** Fills what is still free of the positions from {@code start} to {@code end}; how many were filled. */
    private int choose(Bucket bucket, int width, int start, int end, int at, int descent) {
        Step step = step(at);
        int stride = width / strides(step);
        int[] used = chosen[at - firstStep];
        int filled = 0;
        // a bucket that gave nothing still collides with the rest of this descent, and is forgotten at its end
        boolean[] forget = new boolean[end - start];
        for (int from = start, index = 0; from < end; from += stride, index++) {
            int to = Math.min(from + stride, end);
            if (isFilled(from, to)) {
                continue;
            }
            int item = free(bucket, step, used, start, end, from, to, descent, index);
            if (item == FREE) {
                continue;
            }
            if (step.argument2() == 0) {
                if (item >= 0 && stride == 1 && at + 1 == endStep && !run.isOut(item)) {
                    used[from] = item;
                    emit(from, item);
                    filled++;
                }
            } else if (item < 0 && at + 1 < endStep) {
                int below = choose(run.map().bucket(item), stride, from, to, at + 1, descent);
                boolean isNew = use(used, from, to, item);
                forget[from - start] = isNew && below == 0;
                filled += below;
            }
        }
        for (int from = start; from < end; from += stride) {
            if (forget[from - start]) {
                forgetLast(used, from, Math.min(from + stride, end));
            }
        }
        return filled;
    }

    /** Whether the last step has a device for each of the positions. */
    private boolean isFilled(int from, int to) {
        int[] devices = chosen[endStep - firstStep - 1];
        for (int i = from; i < to; i++) {
            if (devices[i] == FREE) {
                return false;
            }
        }
        return true;
    }

    /** An item that no other stride has, or {@link #FREE}. */
    private int free(
            Bucket bucket, Step step, int[] used, int start, int end, int from, int to, int descent, int index) {
        for (int attempt = 0; attempt < collisionTries && !run.isSpent(); attempt++) {
            int item = descend(bucket, step.argument2(), descent, attempt, index);
            if (item != FREE && !collides(used, start, end, from, to, item)) {
                return item;
            }
        }
        return FREE;
    }

    /** Down to an item of the type, or to a device. */
    private int descend(Bucket bucket, int type, int descent, int attempt, int index) {
        Bucket in = bucket;
        int r = ((descent * result.length + index) << 16) + attempt;
        while (run.mayChooseFrom(in)) {
            int item = in.choose(run, r, index);
            if (item >= 0 || run.typeOf(item) == type) {
                return item;
            }
            in = run.map().bucket(item);
        }
        return FREE;
    }

    /** Whether an item is used in [start, end), and first of all outside of [from, to). */
    private static boolean collides(int[] used, int start, int end, int from, int to, int item) {
        for (int i = start; i < end; i++) {
            if (used[i] == item) {
                return i < from || i >= to;
            }
        }
        return false;
    }

    /** Notes an item of a stride; whether it was not noted before. */
    private static boolean use(int[] used, int from, int to, int item) {
        for (int i = from; i < to; i++) {
            if (used[i] == item) {
                return false;
            }
            if (used[i] == FREE) {
                used[i] = item;
                return true;
            }
        }
        return false;
    }

    private static void forgetLast(int[] used, int from, int to) {
        for (int i = to - 1; i >= from; i--) {
            if (used[i] != FREE) {
                used[i] = FREE;
                return;
            }
        }
    }

    private void emit(int position, int item) {
        result[rule.type() == Rule.MSR_FIRSTN ? placed : position] = item;
        placed++;
    }
}
