package io.jrados.rbd.model;

import io.jrados.error.RadosException;

/** Lets a program hold still what it writes to an image, a file system say, while a snapshot is made. */
public interface QuiesceHook {
    /**
     * Stops writing and flushes what is to be in the snapshot. May take some seconds; whoever makes the snapshot asks
     * again and again meanwhile.
     *
     * @throws RadosException to prevent the snapshot, unless whoever makes it does not care
     */
    void quiesce() throws RadosException;

    /** Goes on: the snapshot is made, or will not be. */
    void unquiesce();
}
