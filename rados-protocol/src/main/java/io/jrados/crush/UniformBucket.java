package io.jrados.crush;

/** Items of one weight, chosen by a permutation. */
final class UniformBucket extends Bucket {
    UniformBucket(int id, int type, int[] items) {
        super(id, type, items);
    }

    @Override
    int choose(Run run, int r, int position) {
        return run.permuted(this, r);
    }
}
