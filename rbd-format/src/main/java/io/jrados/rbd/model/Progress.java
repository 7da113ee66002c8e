package io.jrados.rbd.model;

/** Told how far a long verb has got; may ask it to end. */
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress NONE = (done, total) -> {};

    /**
     * Called now and then, never decreasing, never concurrently. What it throws ends the verb as {@link #isCancelled}
     * does.
     *
     * @param done units finished
     * @param total units in all
     */
    void report(long done, long total);

    /**
     * Asked before each unit. Once it is true the verb starts nothing more, waits for what is in flight and fails with
     * ECANCELED; the same verb run again goes on.
     */
    default boolean isCancelled() {
        return false;
    }
}
