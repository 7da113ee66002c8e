package io.jrados.rados;

import io.jrados.error.RadosException;

/** Sees every operation on an object before it is sent: for counting, and for failing at the k-th in tests. */
@FunctionalInterface
public interface OperationHook {
    /** Lets everything pass. */
    OperationHook NONE = (pool, object, write) -> {};

    /**
     * Called on the thread that submits.
     *
     * @param write whether it may change the object
     * @throws RadosException to fail the operation instead of sending it
     */
    void before(String pool, String object, boolean write) throws RadosException;
}
