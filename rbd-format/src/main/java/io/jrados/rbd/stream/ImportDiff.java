package io.jrados.rbd.stream;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageSpec;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;

/**
 * Applies a diff of either format to an image. A failure that leaves the image changed says so by name: see
 * {@link HalfAppliedException}.
 */
final class ImportDiff {
    private final Rbd rbd;
    private final ImageSpec spec;
    private final int depth;
    private final Steps steps;

    ImportDiff(Rbd rbd, ImageSpec spec, int depth, Steps steps) {
        this.rbd = rbd;
        this.spec = spec;
        this.depth = depth;
        this.steps = steps;
    }

    void run(ReadableByteChannel source) throws IOException {
        StreamInput in = new StreamInput(source);
        long left = in.left().orElse(0);
        StreamedDiff diff = StreamedDiff.of(in);
        run(diff, left > 0 ? left : diff.header().size());
    }

    /** @param total bytes, for the progress */
    void run(DiffSource diff, long total) throws IOException {
        try (Image image = rbd.open(spec.image())) {
            run(new DiffApplication(image, diff, depth, false, steps, total), diff);
        }
    }

    private void run(DiffApplication application, DiffSource diff) throws IOException {
        try {
            application.run();
        } catch (IOException failed) {
            if (!application.hasBegun() || application.isWhole()) {
                throw failed;
            }
            throw halfApplied(diff, failed);
        } catch (RuntimeException | Error failed) {
            if (application.hasBegun() && !application.isWhole()) {
                failed.addSuppressed(halfApplied(
                        diff,
                        new IOException(
                                "importing was ended by " + failed.getClass().getName())));
            }
            throw failed;
        }
    }

    private HalfAppliedException halfApplied(DiffSource diff, IOException failed) {
        RadosException cause = failed instanceof RadosException known
                ? known
                : new RadosException(Errno.EIO, String.valueOf(failed.getMessage()), failed);
        return new HalfAppliedException(spec.toString(), diff.position(), cause);
    }
}
