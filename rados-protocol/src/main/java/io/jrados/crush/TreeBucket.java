package io.jrados.crush;

/**
 * A binary tree of weights in an array: odd nodes are leaves, node 2i + 1 is item i, and a node with h trailing zero
 * bits has its children 2^(h-1) to the left and right.
 */
final class TreeBucket extends Bucket {
    private final int[] nodes;

    /** @param nodes a power of two of them, at least twice the items */
    TreeBucket(int id, int type, int[] items, int[] nodes) {
        super(id, type, items);
        this.nodes = nodes;
    }

    @Override
    BucketAlgorithm algorithm() {
        return BucketAlgorithm.TREE;
    }

    @Override
    int weight(int at) {
        return nodes[2 * at + 1];
    }

    @Override
    int choose(Run run, int r, int position) {
        int x = run.x();
        int node = nodes.length / 2;
        while ((node & 1) == 0) {
            long hash = Integer.toUnsignedLong(CrushHash.hash(x, node, r, id()));
            // both factors are below 2^32: the product is right as an unsigned number
            long point = (hash * Integer.toUnsignedLong(nodes[node])) >>> 32;
            int half = Integer.lowestOneBit(node) >>> 1;
            int left = node - half;
            node = point < Integer.toUnsignedLong(nodes[left]) ? left : node + half;
        }
        // only damaged weights lead beyond the last item
        return item(Math.min(node >>> 1, size() - 1));
    }
}
