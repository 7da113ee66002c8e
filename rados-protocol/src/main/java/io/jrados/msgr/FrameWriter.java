package io.jrados.msgr;

/** Turns frames into bytes, in one of the two modes. */
interface FrameWriter {
    /**
     * Writes a frame, of which the end may be held back until the next frame or {@link #finish}. Owns the frame.
     *
     * @throws RuntimeException if it cannot be written; the frame is released, the connection has to end
     */
    void write(Frame frame);

    /** Writes what is held back. */
    void finish();

    /** Releases what is held back. */
    void release();
}
