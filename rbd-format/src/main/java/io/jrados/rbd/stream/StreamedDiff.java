package io.jrados.rbd.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A diff of format 1 or 2 out of a channel. Stricter than the native reader, which takes records in any order and of
 * any number, passes over tags that it does not know and writes what is outside the image: whatever it would do with
 * such a stream, the result is not the image that was exported. The native writer makes no such streams.
 */
final class StreamedDiff implements DiffSource {
    private static final String HEADER_TAGS = "one of the tags f, t, p, s of a diff's begin";
    private static final String TAGS = "one of the tags w, z, e";
    private static final int POSITION_BYTES = 2 * Long.BYTES;

    private final StreamInput in;
    private final int format;
    private final DiffHeader header;

    /** The end of the last record. */
    private long reached;

    /** Bytes of the last record that were not read. */
    private long unread;

    private boolean ended;

    private StreamedDiff(StreamInput in, List<Integer> formats) throws IOException {
        this.in = in;
        this.format =
                formats.get(in.banner(formats.stream().map(DiffFormat::banner).toList()));
        this.header = readHeader();
    }

    /** Reads the begin of a diff of either format. */
    static StreamedDiff of(StreamInput in) throws IOException {
        return new StreamedDiff(in, List.of(1, 2));
    }

    /** Reads the begin of a diff of format 2, as an exported image consists of. */
    static StreamedDiff ofFormat2(StreamInput in) throws IOException {
        return new StreamedDiff(in, List.of(2));
    }

    /** Returns 1 or 2. */
    int format() {
        return format;
    }

    private DiffHeader readHeader() throws IOException {
        Optional<String> from = Optional.empty();
        Optional<String> to = Optional.empty();
        boolean isProtected = false;
        String before = "";
        while (true) {
            long start = in.position();
            int tag = in.u8(HEADER_TAGS);
            check(start, tag, before);
            switch (tag) {
                case DiffFormat.FROM -> from = Optional.of(name("the snapshot at the start"));
                case DiffFormat.TO -> to = Optional.of(name("the snapshot at the end"));
                case DiffFormat.PROTECTION -> isProtected = protection();
                default -> {
                    length(Long.BYTES, "the length of the size");
                    return new DiffHeader(from, to, isProtected, in.u64(0, DiffFormat.MAX_SIZE, "the image's size"));
                }
            }
            before += (char) tag;
        }
    }

    /** Each tag once, in order, and protection only of a snapshot. */
    private void check(long start, int tag, String before) throws MalformedStreamException {
        String order = format == 1 ? "fts" : "ftps";
        if (order.indexOf(tag) < 0) {
            throw new MalformedStreamException(start, HEADER_TAGS, "it is " + StreamInput.printable(tag));
        }
        boolean late = before.chars().anyMatch(seen -> order.indexOf(seen) >= order.indexOf(tag));
        if (late || tag == DiffFormat.PROTECTION && before.indexOf(DiffFormat.TO) < 0) {
            throw new MalformedStreamException(
                    start, HEADER_TAGS, "it is " + StreamInput.printable(tag) + " after '" + before + "'");
        }
    }

    private String name(String expected) throws IOException {
        if (format == 1) {
            return in.text(DiffFormat.MAX_NAME, expected);
        }
        long start = in.position();
        long length = in.u64(Integer.BYTES + 1, Integer.BYTES + DiffFormat.MAX_NAME, "the length of " + expected);
        long begin = in.position();
        String name = in.text(DiffFormat.MAX_NAME, expected);
        if (in.position() - begin != length) {
            throw new MalformedStreamException(
                    start,
                    "the length of " + expected,
                    "it is " + length + ", but the name takes " + (in.position() - begin));
        }
        return name;
    }

    private boolean protection() throws IOException {
        if (format == 2) {
            checkProtectionLength();
        }
        long start = in.position();
        int value = in.u8("the protection, 0 or 1");
        if (value > 1) {
            throw new MalformedStreamException(start, "the protection, 0 or 1", "it is " + value);
        }
        return value == 1;
    }

    /** Checks for one byte; exporters of release 16 tell of eight, and write one. */
    private void checkProtectionLength() throws IOException {
        long start = in.position();
        long told = in.u64(1, Long.BYTES, "the length of the protection");
        if (told != 1 && told != Long.BYTES) {
            throw new MalformedStreamException(start, "the length of the protection", "it is " + told);
        }
    }

    /** In format 2 a length comes before each field. */
    private void length(long exact, String expected) throws IOException {
        if (format == 2) {
            in.u64(exact, exact, expected);
        }
    }

    @Override
    public DiffHeader header() {
        return header;
    }

    @Override
    public @Nullable DiffRecord next() throws IOException {
        if (unread > 0) {
            skip(unread);
        }
        if (ended) {
            return null;
        }
        long start = in.position();
        int tag = in.u8(TAGS);
        return switch (tag) {
            case DiffFormat.END -> {
                ended = true;
                yield null;
            }
            case DiffFormat.DATA, DiffFormat.ZERO -> record(start, tag == DiffFormat.DATA);
            default -> throw new MalformedStreamException(start, TAGS, "it is " + StreamInput.printable(tag));
        };
    }

    private DiffRecord record(long start, boolean hasData) throws IOException {
        if (reached == header.size()) {
            throw new MalformedStreamException(
                    start, "the tag e", "it is a record behind the last of the image's " + header.size() + " bytes");
        }
        long told = format == 1
                ? 0
                : in.u64(POSITION_BYTES, hasData ? Long.MAX_VALUE : POSITION_BYTES, "the length of the record");
        long offset = in.u64(
                reached,
                header.size() - 1,
                "an offset behind the last record and inside the image's " + header.size() + " bytes");
        long most = header.size() - offset;
        long length = in.u64(1, most, "the length of a range inside the image's " + header.size() + " bytes");
        if (format == 2 && hasData && told != POSITION_BYTES + length) {
            throw new MalformedStreamException(
                    start + 1, "the length of the record", "it is " + told + " for " + length + " bytes of data");
        }
        reached = offset + length;
        unread = hasData ? length : 0;
        return new DiffRecord(offset, length, hasData);
    }

    @Override
    public void read(ByteBuffer into) throws IOException {
        int count = into.remaining();
        in.fill(into, "data of the range that ends at " + reached);
        unread -= count;
    }

    @Override
    public void skip(long count) throws IOException {
        in.skip(count, "data of the range that ends at " + reached);
        unread -= count;
    }

    @Override
    public long position() {
        return in.position();
    }
}
