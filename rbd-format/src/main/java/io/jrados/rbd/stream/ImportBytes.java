package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.OptionalLong;

/**
 * Makes an image out of its bytes (do_import_v1 in src/tools/rbd/action/Import.cc), of which long runs of zeroes are
 * left out. Where nobody says how many bytes will come, the image grows with them: to the double, and by 1 GiB at most,
 * so that little has to be cut off at the end.
 */
final class ImportBytes {
    private static final long LARGEST_STEP = 1L << 30;
    private static final String EXPECTED = "the image's bytes";

    private final ImportOptions options;
    private final UnfinishedImage unfinished;
    private final Steps steps;

    ImportBytes(Rbd rbd, ImageSpec spec, ImportOptions options, Steps steps, String doing) {
        this.options = options;
        this.unfinished = new UnfinishedImage(rbd, spec, doing);
        this.steps = steps;
    }

    /** @return the image's id */
    String run(ReadableByteChannel source) throws IOException {
        StreamInput in = new StreamInput(source);
        OptionalLong size = options.size().isPresent() ? options.size() : in.left();
        return unfinished.make(options.image(), image -> {
            if (size.orElse(0) > 0) {
                image.resize(size.getAsLong(), Progress.NONE);
            }
            IncomingPieces pieces = new IncomingPieces(image, options.depth(), true);
            try {
                fill(image, in, pieces, size);
                pieces.drain();
            } catch (Throwable failed) {
                pieces.settle(failed);
                throw failed;
            }
            if (image.size() != in.position()) {
                image.resize(in.position(), Progress.NONE);
            }
        });
    }

    private void fill(Image image, StreamInput in, IncomingPieces pieces, OptionalLong size) throws IOException {
        while (true) {
            steps.check();
            long at = in.position();
            long end = size.orElse(DiffFormat.MAX_SIZE);
            if (at == end) {
                checkEnd(in, at);
                return;
            }
            ByteBuffer piece = pieces.take(Pieces.length(at, end));
            in.fillToEnd(piece);
            boolean last = piece.hasRemaining();
            if (last && size.isPresent()) {
                throw new MalformedStreamException(
                        in.position(), EXPECTED, "it ends " + (end - in.position()) + " bytes early");
            }
            grow(image, in.position(), size);
            pieces.data(at, piece.flip());
            steps.report(in.position(), size.orElse(0));
            if (last) {
                return;
            }
        }
    }

    /** A source that has more than the size that was told is not the one that was meant. */
    private static void checkEnd(StreamInput in, long at) throws IOException {
        in.fillToEnd(ByteBuffer.allocate(1));
        if (in.position() > at) {
            throw new MalformedStreamException(at, "the end of " + EXPECTED, "there are more");
        }
    }

    private static void grow(Image image, long needed, OptionalLong size) throws IOException {
        if (size.isEmpty() && needed > image.size()) {
            long step = Math.min(LARGEST_STEP, Math.max(needed, Pieces.LARGEST));
            image.resize(Math.max(needed, image.size() + step), Progress.NONE);
        }
    }
}
