package io.jrados.crush;

/**
 * A bucket of the hierarchy: crush_bucket (src/crush/crush.h). Its items are devices (0 and up) and buckets (below 0).
 * How an item is chosen is the algorithm's matter.
 */
abstract sealed class Bucket permits UniformBucket, ListBucket, TreeBucket, StrawBucket, Straw2Bucket {
    private final int id;
    private final int type;
    private final int[] items;

    /** Keeps the array. */
    Bucket(int id, int type, int[] items) {
        this.id = id;
        this.type = type;
        this.items = items;
    }

    final int id() {
        return id;
    }

    /** Above 0; 0 is the type of devices. */
    final int type() {
        return type;
    }

    final int size() {
        return items.length;
    }

    /** Returns the items; the array must not be written to. */
    final int[] items() {
        return items;
    }

    final int item(int at) {
        return items[at];
    }

    abstract BucketAlgorithm algorithm();

    final int slot() {
        return -1 - id;
    }

    /** The weight of an item, 16.16 fixed point: what other buckets compare this one's by, and people look at. */
    abstract int weight(int at);

    /**
     * Chooses one of the items; there is at least one.
     *
     * @param r which try and position it is
     * @param position in the result, which selects a weight set
     */
    abstract int choose(Run run, int r, int position);

    @Override
    public final String toString() {
        return "bucket " + id;
    }
}
