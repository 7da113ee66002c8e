package io.jrados.crush;

import org.jspecify.annotations.Nullable;

/**
 * The state that all steps of one run of a rule share: the input, the devices' weights, and the tries that are left.
 */
final class Run {
    /** Chosen for now by nobody: a position that is still tried for. CRUSH_ITEM_UNDEF. */
    static final int UNDEFINED = 0x7ffffffe;

    /** A device with this weight or more is wholly in. */
    private static final int IN = 0x10000;

    /**
     * Items that one run may weigh. A sound map needs some thousands; a hostile one, with millions of tries, would
     * otherwise hold the caller for hours instead of a fraction of a second.
     */
    private static final long BUDGET = 1L << 22;

    private final CrushMap map;
    private final @Nullable Permutation[] permutations;
    private int number;
    private long budget;
    private int x;
    private int[] weights = new int[0];
    private int[] hashes = new int[0];
    private @Nullable ChooseArgs chooseArgs;

    Run(CrushMap map) {
        this.map = map;
        permutations = new Permutation[map.slots()];
    }

    void begin(int input, int[] deviceWeights, @Nullable ChooseArgs args) {
        number++;
        budget = BUDGET;
        x = input;
        weights = deviceWeights;
        chooseArgs = args;
    }

    int x() {
        return x;
    }

    CrushMap map() {
        return map;
    }

    /** Hashes of the input with each of these numbers; valid until the next call. */
    int[] hashes(int[] of, int r) {
        if (hashes.length < of.length) {
            hashes = new int[of.length];
        }
        CrushHash.hash(x, of, r, hashes, of.length);
        return hashes;
    }

    /** The type of an item: 0 for a device. */
    int typeOf(int item) {
        return item < 0 ? map.bucket(item).type() : 0;
    }

    ChooseArgs.@Nullable Arg chooseArg(int slot) {
        return chooseArgs == null ? null : chooseArgs.of(slot);
    }

    /** Whether a choice from this bucket is possible: it has items, and the budget allows it. */
    boolean mayChooseFrom(Bucket bucket) {
        budget -= bucket.size() + 1L;
        return budget >= 0 && bucket.size() > 0;
    }

    boolean isSpent() {
        return budget < 0;
    }

    boolean isOut(int device) {
        if (device >= weights.length) {
            return true;
        }
        int weight = weights[device];
        if (Integer.compareUnsigned(weight, IN) >= 0) {
            return false;
        }
        return weight == 0 || (CrushHash.hash(x, device) & 0xffff) >= weight;
    }

    /** The place-th item of a permutation of a bucket's items that depends on the input. */
    int permuted(Bucket bucket, int place) {
        Permutation permutation = permutations[bucket.slot()];
        if (permutation == null) {
            permutation = new Permutation(bucket);
            permutations[bucket.slot()] = permutation;
        }
        return bucket.item(permutation.at(this, Integer.remainderUnsigned(place, bucket.size())));
    }

    /** A random permutation of one bucket's items, computed as far as it was asked for in this run. */
    private static final class Permutation {
        private final Bucket bucket;
        private final int[] order;
        private int run;
        private int done;

        Permutation(Bucket bucket) {
            this.bucket = bucket;
            order = new int[bucket.size()];
        }

        int at(Run asking, int place) {
            if (run != asking.number) {
                run = asking.number;
                done = 0;
                for (int i = 0; i < order.length; i++) {
                    order[i] = i;
                }
            }
            for (; done <= place; done++) {
                int rest = order.length - done;
                int hash = CrushHash.hash(asking.x, bucket.id(), done);
                swap(done, done + Integer.remainderUnsigned(hash, rest));
            }
            return order[place];
        }

        private void swap(int one, int other) {
            int kept = order[one];
            order[one] = order[other];
            order[other] = kept;
        }
    }
}
