package io.jrados.rbd.stream;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The begin of an image in export format 2: its properties and metadata (do_export_v2 in
 * src/tools/rbd/action/Export.cc, do_import_header in Import.cc).
 *
 * @param order base-2 logarithm of the object size
 * @param features bits, internal ones too
 * @param stripeUnit bytes
 * @param stripeCount objects
 */
record ImageHeader(
        OptionalLong order,
        OptionalLong features,
        OptionalLong stripeUnit,
        OptionalLong stripeCount,
        Map<String, byte[]> metadata) {
    static final String BANNER = "rbd image v2\n";
    static final String DIFFS_BANNER = "rbd image diffs v2\n";

    private static final int ORDER = 'O';
    private static final int FEATURES = 'T';
    private static final int STRIPE_UNIT = 'U';
    private static final int STRIPE_COUNT = 'C';
    private static final int METADATA = 'M';
    private static final int END = 'E';
    private static final String TAGS = "one of the tags O, T, U, C, M, E of an image's properties";

    private static final int MAX_KEY = 4096;

    /** Bytes of all metadata: more would be too much to keep until the image is there. */
    private static final int MAX_METADATA = 16 << 20;

    /** Bits that an image has by itself, or by a state that no copy has: nobody asks for them. */
    private static final long NOT_ASKED_FOR =
            Features.INTERNAL | Features.NON_PRIMARY | Features.DIRTY_CACHE | Features.DATA_POOL | Features.STRIPINGV2;

    /** The properties and metadata that an image has. */
    static ImageHeader of(Image image) throws RadosException {
        ImageInfo info = image.info();
        return new ImageHeader(
                OptionalLong.of(info.order()),
                OptionalLong.of(info.features()),
                OptionalLong.of(info.stripeUnit()),
                OptionalLong.of(info.stripeCount()),
                new TreeMap<>(image.metadata()));
    }

    /**
     * The caller's choice of options for a new image, and these properties where that leaves something open.
     *
     * @throws RadosException EDOM, EINVAL for properties that no image can have
     */
    ImageOptions complete(ImageOptions asked, String doing) throws RadosException {
        long objectOrder = order.orElse(0);
        ImageOptions complete = asked;
        if (asked.order().isEmpty() && objectOrder != 0) {
            if (objectOrder < Layout.MIN_ORDER || objectOrder > Layout.MAX_ORDER) {
                throw new RadosException(Errno.EDOM, doing + ": objects of 2^" + objectOrder + " bytes");
            }
            complete = complete.withOrder((int) objectOrder);
        }
        if (asked.features().isEmpty() && features.isPresent()) {
            complete = complete.withFeatures(features.getAsLong() & ~NOT_ASKED_FOR);
        }
        return asked.stripeUnit().isEmpty() ? striped(complete, doing) : complete;
    }

    private ImageOptions striped(ImageOptions options, String doing) throws RadosException {
        long unit = stripeUnit.orElse(0);
        long count = stripeCount.orElse(0);
        boolean isOpen = unit == 0 && count == 0;
        boolean isPlain =
                stripeCount.orElse(1) == 1 && unit == (order.orElse(0) < Long.SIZE ? 1L << order.orElse(0) : 0);
        if (isOpen || isPlain) {
            return options;
        }
        if (unit < 1 || count < 1) {
            throw new RadosException(Errno.EINVAL, doing + ": stripes of " + count + " times " + unit + " bytes");
        }
        return options.withStriping(unit, count);
    }

    /** Sets the metadata, but for the mark of an image that is being made. */
    void giveMetadata(Image image) throws RadosException {
        for (Map.Entry<String, byte[]> entry : metadata.entrySet()) {
            if (!entry.getKey().equals(UnfinishedImage.MARK)) {
                image.setMetadata(entry.getKey(), entry.getValue());
            }
        }
    }

    void write(StreamOutput out) throws IOException {
        out.banner(BANNER);
        number(out, ORDER, order);
        number(out, FEATURES, features);
        number(out, STRIPE_UNIT, stripeUnit);
        number(out, STRIPE_COUNT, stripeCount);
        for (Map.Entry<String, byte[]> entry : metadata.entrySet()) {
            if (entry.getKey().equals(UnfinishedImage.MARK)) {
                continue;
            }
            byte[] key = entry.getKey().getBytes(StandardCharsets.UTF_8);
            out.u8(METADATA);
            out.u64(2L * Integer.BYTES + key.length + entry.getValue().length);
            out.counted(key);
            out.counted(entry.getValue());
        }
        out.u8(END);
    }

    private static void number(StreamOutput out, int tag, OptionalLong value) throws IOException {
        if (value.isPresent()) {
            out.u8(tag);
            out.u64(Long.BYTES);
            out.u64(value.getAsLong());
        }
    }

    static ImageHeader read(StreamInput in) throws IOException {
        in.banner(List.of(BANNER));
        return new Reading(in).run();
    }

    /** The reading of one header. Properties come once, in any order. */
    private static final class Reading {
        private final StreamInput in;
        private final Map<Integer, Long> numbers = new LinkedHashMap<>();
        private final Map<String, byte[]> metadata = new LinkedHashMap<>();
        private long kept;

        Reading(StreamInput in) {
            this.in = in;
        }

        ImageHeader run() throws IOException {
            while (true) {
                long start = in.position();
                int tag = in.u8(TAGS);
                switch (tag) {
                    case ORDER, FEATURES, STRIPE_UNIT, STRIPE_COUNT -> number(start, tag);
                    case METADATA -> metadata();
                    case END -> {
                        return new ImageHeader(
                                value(ORDER), value(FEATURES), value(STRIPE_UNIT), value(STRIPE_COUNT), metadata);
                    }
                    default -> throw new MalformedStreamException(start, TAGS, "it is " + StreamInput.printable(tag));
                }
            }
        }

        private OptionalLong value(int tag) {
            Long value = numbers.get(tag);
            return value == null ? OptionalLong.empty() : OptionalLong.of(value);
        }

        private void number(long start, int tag) throws IOException {
            String name = "property " + (char) tag;
            in.u64(Long.BYTES, Long.BYTES, "the length of " + name);
            if (numbers.put(tag, in.u64(0, Long.MAX_VALUE, name)) != null) {
                throw new MalformedStreamException(start, TAGS, "it is " + (char) tag + " once more");
            }
        }

        private void metadata() throws IOException {
            long start = in.position();
            long length = in.u64(2L * Integer.BYTES, MAX_METADATA - kept, "the length of metadata");
            kept += length;
            long begin = in.position();
            String key = in.text((int) Math.min(MAX_KEY, length), "a metadata key");
            long rest = length - (in.position() - begin) - Integer.BYTES;
            byte[] value = in.counted(0, (int) Math.max(0, rest), "a metadata value");
            if (in.position() - begin != length) {
                throw new MalformedStreamException(
                        start,
                        "the length of metadata",
                        "it is " + length + ", but key and value take " + (in.position() - begin));
            }
            if (metadata.put(key, value) != null) {
                throw new MalformedStreamException(begin, "a metadata key", "it is '" + key + "' once more");
            }
        }
    }
}
