package io.jrados.drivers.cinder.model;

/** The fate of snapshots and volumes on which clones hang. */
public enum DeletePolicy {
    /** Clones of format 1 are flattened; what clones of format 2 hang on goes to the trash. */
    AUTO,
    /** The deletion fails as busy. */
    STRICT
}
