package io.jrados.rbd.stream;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.SeekableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Fields of a stream, read in order from a channel that need not be able to seek. Nothing is read beyond the field that
 * is asked for, so that whatever follows in the channel stays there. Integers are little-endian; one that would be
 * negative is refused. Memory is taken for bytes that have come, not for those that a length promises.
 */
final class StreamInput {
    /** Reads in a row that may give nothing; a blocking channel has none. */
    private static final int MOST_EMPTY_READS = 100;

    private static final int SCRATCH = 64 << 10;

    private final ReadableByteChannel source;
    private final ByteBuffer scratch = ByteBuffer.allocate(SCRATCH).order(ByteOrder.LITTLE_ENDIAN);
    private long position;

    /** @throws IllegalBlockingModeException for a channel that does not block */
    StreamInput(ReadableByteChannel source) {
        if (source instanceof SelectableChannel selectable && !selectable.isBlocking()) {
            throw new IllegalBlockingModeException();
        }
        this.source = source;
    }

    /** Bytes read so far. */
    long position() {
        return position;
    }

    /** The bytes that are to come, if the source is a file. */
    OptionalLong left() throws IOException {
        Optional<SeekableByteChannel> file = SeekableFile.of(source);
        return file.isPresent()
                ? OptionalLong.of(Math.max(0, file.get().size() - file.get().position()))
                : OptionalLong.empty();
    }

    /** Fills the buffer as far as the source goes. */
    void fillToEnd(ByteBuffer into) throws IOException {
        int empty = 0;
        while (into.hasRemaining()) {
            int count = read(into);
            if (count < 0) {
                return;
            }
            empty = count == 0 ? empty + 1 : 0;
            if (empty == MOST_EMPTY_READS) {
                throw new IOException("reading at byte " + position + " of a channel that gives nothing: "
                        + "is it open, and does it block?");
            }
            position += count;
        }
    }

    private int read(ByteBuffer into) throws IOException {
        try {
            return source.read(into);
        } catch (ClosedByInterruptException interrupted) {
            throw new RadosException(
                    Errno.EINTR, "reading a stream at byte " + position + ", whose channel that closed", interrupted);
        }
    }

    /** Fills the buffer. */
    void fill(ByteBuffer into, String expected) throws IOException {
        long start = position;
        int wanted = into.remaining();
        fillToEnd(into);
        if (into.hasRemaining()) {
            throw cutOff(start, expected, wanted);
        }
    }

    private MalformedStreamException cutOff(long start, String expected, long wanted) {
        return new MalformedStreamException(
                start, expected, "the stream ends after " + (position - start) + " of " + wanted + " bytes");
    }

    /** Passes over bytes. */
    void skip(long count, String expected) throws IOException {
        long start = position;
        for (long left = count; left > 0; ) {
            scratch.clear().limit((int) Math.min(left, scratch.capacity()));
            left -= scratch.remaining();
            fillToEnd(scratch);
            if (scratch.hasRemaining()) {
                throw cutOff(start, expected, count);
            }
        }
    }

    private ByteBuffer field(int bytes, String expected) throws IOException {
        scratch.clear().limit(bytes);
        fill(scratch, expected);
        return scratch.flip();
    }

    /** One byte, unsigned. */
    int u8(String expected) throws IOException {
        return field(Byte.BYTES, expected).get() & 0xff;
    }

    /** Eight bytes that are a number from {@code least} to {@code most}. */
    long u64(long least, long most, String expected) throws IOException {
        long start = position;
        long value = field(Long.BYTES, expected).getLong();
        if (value < least || value > most) {
            throw new MalformedStreamException(
                    start,
                    expected,
                    "it is " + Long.toUnsignedString(value) + ", which is not from " + least + " to " + most);
        }
        return value;
    }

    /** Four bytes of length, and so many bytes. */
    byte[] counted(int least, int most, String expected) throws IOException {
        long start = position;
        int count = field(Integer.BYTES, "the length of " + expected).getInt();
        if (count < least || count > most) {
            throw new MalformedStreamException(
                    start,
                    "the length of " + expected,
                    "it is " + Integer.toUnsignedString(count) + ", which is not from " + least + " to " + most);
        }
        return bytes(count, expected);
    }

    private byte[] bytes(int count, String expected) throws IOException {
        long start = position;
        ByteBuffer all = ByteBuffer.allocate(Math.min(count, SCRATCH));
        fillToEnd(all);
        while (!all.hasRemaining() && all.capacity() < count) {
            all = ByteBuffer.allocate((int) Math.min(count, 2L * all.capacity()))
                    .put(all.flip());
            fillToEnd(all);
        }
        if (all.hasRemaining()) {
            throw cutOff(start, expected, count);
        }
        byte[] bytes = new byte[count];
        all.flip().get(bytes);
        return bytes;
    }

    /** A counted string of at least one byte, of UTF-8. */
    String text(int most, String expected) throws IOException {
        long start = position;
        byte[] bytes = counted(1, most, expected);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException other) {
            throw new MalformedStreamException(start, expected, "its bytes are no UTF-8");
        }
    }

    /** The line with which a format begins: which of these, all of one length, it is. */
    int banner(List<String> lines) throws IOException {
        long start = position;
        String expected =
                "'" + String.join("' or '", lines.stream().map(String::strip).toList()) + "'";
        ByteBuffer found = field(lines.get(0).length(), expected);
        int index = lines.indexOf(
                StandardCharsets.US_ASCII.decode(found.duplicate()).toString());
        if (index < 0) {
            throw new MalformedStreamException(start, expected, "it is '" + printable(found) + "'");
        }
        return index;
    }

    /** Some bytes for a message. */
    static String printable(ByteBuffer bytes) {
        StringBuilder text = new StringBuilder();
        for (ByteBuffer rest = bytes.duplicate(); rest.hasRemaining(); ) {
            text.append(printable(rest.get() & 0xff));
        }
        return text.toString();
    }

    /** One byte for a message: itself if it is a letter or the like, else hexadecimal. */
    static String printable(int value) {
        return value > ' ' && value < 0x7f ? String.valueOf((char) value) : String.format("\\x%02x", value);
    }
}
