package io.jrados.rbd.model;

/** Told how far a long verb has got. */
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress NONE = (done, total) -> {};

    /**
     * Called now and then, never decreasing, never concurrently.
     *
     * @param done units finished
     * @param total units in all
     */
    void report(long done, long total);
}
