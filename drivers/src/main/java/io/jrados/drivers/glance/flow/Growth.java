package io.jrados.drivers.glance.flow;

import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.model.Progress;

/** Grows an image of unknown size in steps that double, so that a long upload resizes it a few times only. */
final class Growth {
    private static final long MOST = 8L << 30;

    private final Image image;
    private final boolean exact;
    private long size;
    private long step;

    /**
     * @param chunk bytes; the first step is two of them
     * @param exact grows to what is needed each time, as the release Liberty does
     */
    Growth(Image image, long chunk, boolean exact) {
        this.image = image;
        this.exact = exact;
        this.step = 2 * chunk;
    }

    void upTo(long end) throws RadosException {
        if (end <= size) {
            return;
        }
        size = exact ? end : Math.max(end, size + step);
        step = Math.min(2 * step, MOST);
        image.resize(size, Progress.NONE);
    }
}
