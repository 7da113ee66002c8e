package io.jrados.rbd.ops;

import io.jrados.rbd.format.ObjectNames;
import java.util.random.RandomGenerator;

/** Ids of new images: unlike all others of the cluster. */
final class ImageIds {
    private ImageIds() {}

    /** The client's id and a random number in hexadecimal, the last 14 digits (src/librbd/Utils.cc). */
    static String next(long instanceId, RandomGenerator random) {
        String id = Long.toHexString(instanceId) + Integer.toHexString(random.nextInt());
        return id.substring(Math.max(0, id.length() - ObjectNames.MAX_ID));
    }
}
