package io.jrados.rbd.model;

/**
 * What the images of a pool and namespace amount to by their headers: what they may hold, not what they use.
 *
 * @param images with those whose removal was interrupted
 * @param trash what people or clones have left in the trash
 */
public record PoolStatistics(Sum images, Sum trash) {
    /**
     * @param count images
     * @param snapshots of all namespaces
     * @param provisionedBytes sizes of the heads
     * @param maxProvisionedBytes of each image the largest of the head's and its snapshots' sizes: what {@code rbd pool stats} calls
     *     provisioned
     */
    public record Sum(long count, long snapshots, long provisionedBytes, long maxProvisionedBytes) {}
}
