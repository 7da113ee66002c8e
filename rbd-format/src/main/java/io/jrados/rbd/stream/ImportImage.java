package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageSpec;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.List;

/**
 * Makes an image out of a stream in the {@code rbd} command's export format 2 (do_import_v2 in
 * src/tools/rbd/action/Import.cc), with its properties, metadata and snapshots.
 */
final class ImportImage {
    private final ImportOptions options;
    private final UnfinishedImage unfinished;
    private final Steps steps;
    private final String doing;

    ImportImage(Rbd rbd, ImageSpec spec, ImportOptions options, Steps steps, String doing) {
        this.options = options;
        this.unfinished = new UnfinishedImage(rbd, spec, doing);
        this.steps = steps;
        this.doing = doing;
    }

    /** @return the image's id */
    String run(ReadableByteChannel source) throws IOException {
        StreamInput in = new StreamInput(source);
        long total = in.left().orElse(0);
        ImageHeader header = ImageHeader.read(in);
        in.banner(List.of(ImageHeader.DIFFS_BANNER));
        long diffs = in.u64(1, Long.MAX_VALUE, "the number of diffs");
        StreamedDiff first = StreamedDiff.ofFormat2(in);
        return unfinished.make(header.complete(options.image(), doing), image -> {
            apply(image, in, first, diffs, total);
            header.giveMetadata(image);
        });
    }

    private void apply(Image image, StreamInput in, StreamedDiff first, long diffs, long total) throws IOException {
        StreamedDiff diff = first;
        for (long i = 0; i < diffs; i++) {
            if (i > 0) {
                diff = StreamedDiff.ofFormat2(in);
            }
            new DiffApplication(image, diff, options.depth(), i == 0, steps, total).run();
        }
    }
}
