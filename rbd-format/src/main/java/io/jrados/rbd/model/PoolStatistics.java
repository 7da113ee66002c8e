package io.jrados.rbd.model;

/**
 * The sums over the images of a pool and namespace by their headers: the sizes that they may grow to, not their use.
 * Made by this library alone, and may get more of them.
 */
public interface PoolStatistics {
    /** The sum over the images, with those whose removal was interrupted. */
    Sum images();

    /** The sum over the images that people or clones have left in the trash. */
    Sum trash();

    /** A sum over images. */
    interface Sum {
        /** The number of images. */
        long count();

        /** The number of snapshots of all namespaces. */
        long snapshots();

        /** Bytes: sizes of the heads. */
        long provisionedBytes();

        /**
         * Bytes: of each image the largest of the head's and its snapshots' sizes, which {@code rbd pool stats} calls
         * provisioned.
         */
        long maxProvisionedBytes();
    }
}
