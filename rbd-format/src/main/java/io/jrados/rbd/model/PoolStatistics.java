package io.jrados.rbd.model;

/**
 * The sums over the images of a pool and namespace by their headers: the sizes that they may grow to, not their use.
 *
 * @param images with those whose removal was interrupted
 * @param trash what people or clones have left in the trash
 */
public record PoolStatistics(Sum images, Sum trash) {
    /**
     * @param count images
     * @param snapshots of all namespaces
     * @param provisionedBytes sizes of the heads
     * @param maxProvisionedBytes of each image the largest of the head's and its snapshots' sizes: what
     *     {@code rbd pool stats} calls provisioned
     */
    public record Sum(long count, long snapshots, long provisionedBytes, long maxProvisionedBytes) {}
}
