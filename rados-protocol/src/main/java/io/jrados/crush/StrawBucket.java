package io.jrados.crush;

/** The longest of straws whose scales were computed when the map was made. */
final class StrawBucket extends Bucket {
    private final int[] weights;
    private final int[] straws;

    StrawBucket(int id, int type, int[] items, int[] weights, int[] straws) {
        super(id, type, items);
        this.weights = weights;
        this.straws = straws;
    }

    @Override
    BucketAlgorithm algorithm() {
        return BucketAlgorithm.STRAW;
    }

    @Override
    int weight(int at) {
        return weights[at];
    }

    @Override
    int choose(Run run, int r, int position) {
        int x = run.x();
        int longest = 0;
        long best = -1;
        for (int i = 0; i < size(); i++) {
            long draw = (CrushHash.hash(x, item(i), r) & 0xffff) * Integer.toUnsignedLong(straws[i]);
            if (draw > best) {
                longest = i;
                best = draw;
            }
        }
        return item(longest);
    }
}
