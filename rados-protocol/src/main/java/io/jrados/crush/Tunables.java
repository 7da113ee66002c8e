package io.jrados.crush;

/**
 * The tunables of a map: how often its rules try again: crush_map (src/crush/crush.h).
 *
 * @param chooseLocalTries tries again in the same bucket after a collision
 * @param chooseLocalFallbackTries further tries there, by a permutation
 * @param chooseTotalTries tries again from the top
 * @param chooseleafDescendOnce whether a device below a chosen bucket is sought once only
 * @param chooseleafVaryR how much of the try goes into seeking that device; 0 for nothing
 * @param chooseleafStable whether that device depends on the bucket only and not on the position
 * @param msrDescents tries of a whole multi-step rule
 * @param msrCollisionTries tries within one descent of such a rule
 */
public record Tunables(
        int chooseLocalTries,
        int chooseLocalFallbackTries,
        int chooseTotalTries,
        boolean chooseleafDescendOnce,
        int chooseleafVaryR,
        boolean chooseleafStable,
        int msrDescents,
        int msrCollisionTries) {
    /** The tunables of a map that ends before its own. */
    public static final Tunables ARGONAUT = new Tunables(2, 5, 19, false, 0, false, 100, 100);

    Tunables withMsr(int descents, int collisionTries) {
        return new Tunables(
                chooseLocalTries,
                chooseLocalFallbackTries,
                chooseTotalTries,
                chooseleafDescendOnce,
                chooseleafVaryR,
                chooseleafStable,
                descents,
                collisionTries);
    }
}
