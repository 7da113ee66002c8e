package io.jrados.crush;

import io.jrados.error.MalformedException;

/**
 * The algorithm by which a bucket chooses, in the order of the wire's numbers, which begin at 1: crush_algorithm
 * (src/crush/crush.h).
 */
public enum BucketAlgorithm {
    UNIFORM,
    LIST,
    TREE,
    STRAW,
    STRAW2;

    static BucketAlgorithm of(long number) {
        if (number < 1 || number > values().length) {
            throw new MalformedException("bucket algorithm " + number);
        }
        return values()[(int) number - 1];
    }
}
