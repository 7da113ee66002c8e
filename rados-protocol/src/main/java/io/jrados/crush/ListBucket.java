package io.jrados.crush;

/** From the newest item on: this one, or one of the older ones, by the share of its weight in theirs. */
final class ListBucket extends Bucket {
    private final int[] weights;

    /** Sum of the weights up to and including an item. */
    private final int[] sums;

    ListBucket(int id, int type, int[] items, int[] weights, int[] sums) {
        super(id, type, items);
        this.weights = weights;
        this.sums = sums;
    }

    @Override
    BucketAlgorithm algorithm() {
        return BucketAlgorithm.LIST;
    }

    @Override
    int weight(int at) {
        return weights[at];
    }

    @Override
    int choose(Run run, int r, int position) {
        int x = run.x();
        for (int i = size() - 1; i >= 0; i--) {
            long draw = CrushHash.hash(x, item(i), r, id()) & 0xffff;
            long point = (draw * Integer.toUnsignedLong(sums[i])) >>> 16;
            if (point < Integer.toUnsignedLong(weights[i])) {
                return item(i);
            }
        }
        return item(0);
    }
}
