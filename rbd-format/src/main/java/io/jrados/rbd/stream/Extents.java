package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.Progress;
import java.io.IOException;

/** The differences of an image, told to a consumer that may fail with an IOException. */
final class Extents {
    private Extents() {}

    /** The consumer. */
    interface Each {
        void accept(DiffExtent extent) throws IOException;
    }

    /** The consumer's failure on its way through the image's call. */
    private static final class Carried extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final IOException failure;

        Carried(IOException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    static void each(Image image, DiffOptions asked, Progress progress, Each each) throws IOException {
        try {
            image.diff(asked, progress, extent -> {
                try {
                    each.accept(extent);
                } catch (IOException failed) {
                    throw new Carried(failed);
                }
            });
        } catch (Carried carried) {
            throw carried.failure;
        }
    }
}
