package io.jrados.crush;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Weights and ids that take the place of the straw2 buckets' own for some pools: crush_choose_arg_map. */
final class ChooseArgs {
    private final @Nullable Arg[] bySlot;

    ChooseArgs(Map<Integer, Arg> args) {
        int slots = args.keySet().stream().mapToInt(slot -> slot + 1).max().orElse(0);
        bySlot = new Arg[slots];
        args.forEach((slot, arg) -> bySlot[slot] = arg);
    }

    /** Whether some bucket has ids of its own, or other than one weight set. */
    boolean isIncompatible() {
        return Arrays.stream(bySlot).anyMatch(arg -> arg != null && (arg.ids.length > 0 || arg.weightSets.length > 1));
    }

    @Nullable
    Arg of(int slot) {
        return slot < bySlot.length ? bySlot[slot] : null;
    }

    /** The replacement of one bucket's weights, by position of the result, and of the ids that are hashed. */
    static final class Arg {
        private final int[][] weightSets;
        private final int[] ids;

        /**
         * @param weightSets maybe none; one that is shorter than the bucket weighs the rest 0
         * @param ids as many as items, or none
         */
        Arg(int[][] weightSets, int[] ids) {
            this.weightSets = weightSets;
            this.ids = ids;
        }

        int[] weights(int position, int[] own) {
            return weightSets.length == 0 ? own : weightSets[Math.min(position, weightSets.length - 1)];
        }

        int[] ids(int[] items) {
            return ids.length == 0 ? items : ids;
        }
    }
}
