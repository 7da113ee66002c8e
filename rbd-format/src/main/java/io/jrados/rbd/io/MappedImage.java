package io.jrados.rbd.io;

import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.header.IoOptions;

/** An image as its object maps see it, which are kept by the owner of its lock. */
public interface MappedImage {
    /** Pool, namespace and name, as the {@code rbd} command writes them. */
    String spec();

    String id();

    /** Name of the header object. */
    String header();

    /** The pool and namespace of the header, for locks. */
    Pool pool();

    /** The pool and namespace of the header, for changes: those in doubt count as inside the gate. */
    Pool changePool();

    Layout layout();

    /** Bytes of the head. */
    long headSize();

    /** Whether the image has a feature now. */
    boolean has(long feature);

    /** The flags of the head's map in the header. */
    long mapFlags();

    /** Whether this client has the image's lock. */
    boolean ownsLock();

    /** Returns the options that requests obey; changes with the header. */
    IoOptions options();

    /** Makes what follows in an operation on the header be done only if this client has the lock. */
    void assertOwned(WriteOperation operation);
}
