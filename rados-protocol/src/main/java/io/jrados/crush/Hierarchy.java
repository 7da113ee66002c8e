package io.jrados.crush;

import io.jrados.error.MalformedException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Checks that buckets form a hierarchy that may be descended without looking. */
final class Hierarchy {
    /** CRUSH_MAX_DEPTH (src/crush/crush.h): buckets below a bucket, one within the other. */
    private static final int MAX_DEPTH = 10;

    private static final int UNKNOWN = -1;

    private final @Nullable Bucket[] buckets;
    private final int[] heights;

    private Hierarchy(@Nullable Bucket[] buckets) {
        this.buckets = buckets;
        heights = new int[buckets.length];
        Arrays.fill(heights, UNKNOWN);
    }

    /** One more than the highest device. */
    static int check(@Nullable Bucket[] buckets) {
        Hierarchy hierarchy = new Hierarchy(buckets);
        int devices = 0;
        for (Bucket bucket : buckets) {
            if (bucket != null) {
                hierarchy.height(bucket, 0);
                for (int i = 0; i < bucket.size(); i++) {
                    devices = Math.max(devices, bucket.item(i) + 1);
                }
            }
        }
        return devices;
    }

    private int height(Bucket bucket, int depth) {
        if (depth > MAX_DEPTH) {
            throw new MalformedException(bucket + " is nested deeper than " + MAX_DEPTH + ", or in itself");
        }
        int slot = bucket.slot();
        if (heights[slot] == UNKNOWN) {
            int height = 0;
            for (int i = 0; i < bucket.size(); i++) {
                int item = bucket.item(i);
                if (item >= Run.UNDEFINED) {
                    throw new MalformedException(bucket + " holds device " + item);
                }
                if (item < 0) {
                    height = Math.max(height, 1 + height(below(bucket, item), depth + 1));
                }
            }
            heights[slot] = height;
        }
        if (depth + heights[slot] > MAX_DEPTH) {
            throw new MalformedException(bucket + " makes a hierarchy deeper than " + MAX_DEPTH);
        }
        return heights[slot];
    }

    private Bucket below(Bucket bucket, int item) {
        Bucket found = -1 - item < buckets.length ? buckets[-1 - item] : null;
        if (found == null) {
            throw new MalformedException(bucket + " holds bucket " + item + ", which is not there");
        }
        return found;
    }
}
