package io.jrados.rbd.stream;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.Map;

/**
 * Makes an image out of a stream in the {@code rbd} command's export format 2 (do_import_v2 in
 * src/tools/rbd/action/Import.cc), with its properties, metadata and snapshots. Of the features, those that an image
 * has by itself and those of a state that is not exported are left out.
 */
final class ImportImage {
    /** Bits that an exporter tells of and that a new image cannot be asked for. */
    private static final long NOT_ASKED_FOR =
            Features.INTERNAL | Features.NON_PRIMARY | Features.DIRTY_CACHE | Features.DATA_POOL | Features.STRIPINGV2;

    private final ImportOptions options;
    private final UnfinishedImage unfinished;
    private final ImageSpec spec;
    private final Steps steps;

    ImportImage(Rbd rbd, ImageSpec spec, ImportOptions options, Steps steps, String doing) {
        this.options = options;
        this.unfinished = new UnfinishedImage(rbd, spec, doing);
        this.spec = spec;
        this.steps = steps;
    }

    /** @return the image's id */
    String run(ReadableByteChannel source) throws IOException {
        StreamInput in = new StreamInput(source);
        long total = in.left().orElse(0);
        ImageHeader header = ImageHeader.read(in);
        in.banner(java.util.List.of(ImageHeader.DIFFS_BANNER));
        long diffs = in.u64(1, Long.MAX_VALUE, "the number of diffs");
        StreamedDiff first = StreamedDiff.ofFormat2(in);
        return unfinished.make(complete(header), image -> {
            apply(image, in, first, diffs, total);
            for (Map.Entry<String, byte[]> entry : header.metadata().entrySet()) {
                if (!entry.getKey().equals(UnfinishedImage.MARK)) {
                    image.setMetadata(entry.getKey(), entry.getValue());
                }
            }
        });
    }

    private void apply(Image image, StreamInput in, StreamedDiff first, long diffs, long total) throws IOException {
        StreamedDiff diff = first;
        for (long i = 0; i < diffs; i++) {
            if (i > 0) {
                diff = StreamedDiff.ofFormat2(in);
            }
            new DiffApplication(image, spec, diff, options.depth(), i == 0, steps, total).run();
        }
    }

    /** The caller's choice, and the stream's where that leaves something open. */
    private ImageOptions complete(ImageHeader header) throws RadosException {
        ImageOptions asked = options.image();
        long order = header.order().orElse(0);
        ImageOptions complete = asked;
        if (asked.order().isEmpty() && order != 0) {
            if (order < Layout.MIN_ORDER || order > Layout.MAX_ORDER) {
                throw refused(Errno.EDOM, "objects of 2^" + order + " bytes");
            }
            complete = complete.withOrder((int) order);
        }
        if (asked.features().isEmpty() && header.features().isPresent()) {
            complete = complete.withFeatures(header.features().getAsLong() & ~NOT_ASKED_FOR);
        }
        long unit = header.stripeUnit().orElse(0);
        long count = header.stripeCount().orElse(0);
        boolean isOpen = unit == 0 && count == 0;
        boolean isPlain = header.stripeCount().orElse(1) == 1 && unit == (order < Long.SIZE ? 1L << order : 0);
        if (asked.stripeUnit().isEmpty() && !isOpen && !isPlain) {
            if (unit < 1 || count < 1) {
                throw refused(Errno.EINVAL, "stripes of " + count + " times " + unit + " bytes");
            }
            complete = complete.withStriping(unit, count);
        }
        return complete;
    }

    private RadosException refused(Errno errno, String what) {
        return new RadosException(errno, "importing image " + spec + ": the stream wants " + what);
    }
}
