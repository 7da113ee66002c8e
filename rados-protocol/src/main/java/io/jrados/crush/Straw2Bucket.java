package io.jrados.crush;

import org.jspecify.annotations.Nullable;

/** The longest of straws drawn from an exponential distribution: adding or reweighting an item moves no other data. */
final class Straw2Bucket extends Bucket {
    private final int[] weights;

    Straw2Bucket(int id, int type, int[] items, int[] weights) {
        super(id, type, items);
        this.weights = weights;
    }

    @Override
    BucketAlgorithm algorithm() {
        return BucketAlgorithm.STRAW2;
    }

    @Override
    int weight(int at) {
        return weights[at];
    }

    @Override
    int choose(Run run, int r, int position) {
        ChooseArgs.@Nullable Arg arg = run.chooseArg(slot());
        int[] weighing = arg == null ? weights : arg.weights(position, weights);
        int[] hashes = run.hashes(arg == null ? items() : arg.ids(items()), r);
        int longest = 0;
        long best = 0;
        long bestLog = 0;
        int bestWeight = 0;
        for (int i = 0; i < size(); i++) {
            long draw = Long.MIN_VALUE;
            long log = 0;
            int weight = i < weighing.length ? weighing[i] : 0;
            if (weight != 0) {
                // 2^48 * log2(u / 2^16), below 0; signed weights are Ceph's
                log = LogTable.log(hashes[i] & 0xffff) - (1L << 48);
                if (weight == bestWeight && weight > 0 && log <= bestLog) {
                    // a shorter straw whatever it is divided by: most weights are equal, and division is slow
                    continue;
                }
                draw = log / weight;
            }
            if (i == 0 || draw > best) {
                longest = i;
                best = draw;
                bestLog = log;
                bestWeight = weight;
            }
        }
        return item(longest);
    }
}
