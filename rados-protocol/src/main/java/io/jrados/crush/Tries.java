package io.jrados.crush;

/**
 * The number of times a step tries again, as the map and the rule's earlier steps say.
 *
 * @param total descents of a step
 * @param leaf descents below a chosen bucket, 0 for what the kind of step takes by itself
 * @param local tries again in the same bucket after a collision
 * @param localFallback further ones there, by permutation
 */
record Tries(int total, int leaf, int local, int localFallback, int varyR, boolean stable) {
    static final Tries NONE = new Tries(0, 0, 0, 0, 0, false);

    static Tries of(Tunables tunables) {
        // Ceph counts the tunable in tries again, and everything else in tries
        return new Tries(
                tunables.chooseTotalTries() + 1,
                0,
                tunables.chooseLocalTries(),
                tunables.chooseLocalFallbackTries(),
                tunables.chooseleafVaryR(),
                tunables.chooseleafStable());
    }

    /** Returns these tries as a SET step changes them; others change nothing. */
    Tries after(Rule.Step step) {
        int value = step.argument1();
        return switch (step.operation()) {
            case Rule.Step.SET_CHOOSE_TRIES ->
                value > 0 ? new Tries(value, leaf, local, localFallback, varyR, stable) : this;
            case Rule.Step.SET_CHOOSELEAF_TRIES ->
                value > 0 ? new Tries(total, value, local, localFallback, varyR, stable) : this;
            case Rule.Step.SET_CHOOSE_LOCAL_TRIES ->
                value >= 0 ? new Tries(total, leaf, value, localFallback, varyR, stable) : this;
            case Rule.Step.SET_CHOOSE_LOCAL_FALLBACK_TRIES ->
                value >= 0 ? new Tries(total, leaf, local, value, varyR, stable) : this;
            case Rule.Step.SET_CHOOSELEAF_VARY_R ->
                value >= 0 ? new Tries(total, leaf, local, localFallback, value, stable) : this;
            case Rule.Step.SET_CHOOSELEAF_STABLE ->
                value >= 0 ? new Tries(total, leaf, local, localFallback, varyR, value != 0) : this;
            default -> this;
        };
    }

    /** Whether a bucket that failed so often is gone through item by item. */
    boolean searchesExhaustively(Bucket in, int failures) {
        return localFallback > 0 && failures >= in.size() >> 1 && failures > localFallback;
    }

    /** Whether the next try stays in the bucket of the last one. */
    boolean staysInBucket(Bucket in, boolean collided, int failures) {
        return collided && failures <= local || localFallback > 0 && failures <= in.size() + localFallback;
    }

    /** The try with which the search below a chosen bucket starts. */
    int leafTry(int r) {
        return varyR == 0 ? 0 : r >> (varyR - 1);
    }
}
