package io.jrados.drivers.glance.model;

import java.nio.ByteBuffer;

/** A check that goes along with an upload, such as that of an image's signature. */
@FunctionalInterface
public interface Verifier {
    /** Checks nothing. */
    Verifier NONE = data -> {};

    /**
     * Takes in the next bytes of the image, on the thread that uploads it. What it throws ends the upload, of which
     * nothing is left then.
     *
     * @param data to be read before the method returns
     */
    void update(ByteBuffer data);
}
