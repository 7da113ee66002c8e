package io.jrados.crush;

/** Items of one weight, chosen by a permutation. */
final class UniformBucket extends Bucket {
    private final int weight;

    /** @param weight of each item */
    UniformBucket(int id, int type, int[] items, int weight) {
        super(id, type, items);
        this.weight = weight;
    }

    @Override
    BucketAlgorithm algorithm() {
        return BucketAlgorithm.UNIFORM;
    }

    @Override
    int weight(int at) {
        return weight;
    }

    @Override
    int choose(Run run, int r, int position) {
        return run.permuted(this, r);
    }
}
