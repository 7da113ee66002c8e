package io.jrados.rbd.stream;

import io.jrados.error.RadosException;

/**
 * A diff was applied to an image in part: the image's head is now neither what it was nor what it should be, and the
 * snapshot at the diff's end was not made. Importing the same diff again, whole, mends that, for a diff says what each
 * range is afterwards; so does rolling back to the snapshot at which the diff starts. The errno is that of the cause.
 */
public final class HalfAppliedException extends RadosException {
    private static final long serialVersionUID = 1L;

    private final String image;
    private final long applied;

    HalfAppliedException(String image, long applied, RadosException cause) {
        super(cause.errno(), text(image, applied) + ": " + cause.doing(), cause);
        this.image = image;
        this.applied = applied;
    }

    private static String text(String image, long applied) {
        return "importing a diff into image " + image + ", which has changed: records up to byte " + applied
                + " of the stream were begun, the rest is missing, and so is the snapshot at its end";
    }

    /** The changed image: pool, namespace and name, as the {@code rbd} command writes it. */
    public String image() {
        return image;
    }

    /** Bytes of the stream whose records may be in the image; what comes later is not. */
    public long applied() {
        return applied;
    }
}
