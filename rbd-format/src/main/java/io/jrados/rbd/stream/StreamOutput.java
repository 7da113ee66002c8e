package io.jrados.rbd.stream;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/** Fields of a stream, little-endian, written in order to a channel; small ones are gathered. */
final class StreamOutput {
    private static final int GATHERED = 64 << 10;

    private final WritableByteChannel sink;
    private final ByteBuffer gathered = ByteBuffer.allocate(GATHERED).order(ByteOrder.LITTLE_ENDIAN);

    /** @throws IllegalBlockingModeException for a channel that does not block */
    StreamOutput(WritableByteChannel sink) {
        if (sink instanceof SelectableChannel selectable && !selectable.isBlocking()) {
            throw new IllegalBlockingModeException();
        }
        this.sink = sink;
    }

    private ByteBuffer room(int bytes) throws IOException {
        if (gathered.remaining() < bytes) {
            flush();
        }
        return gathered;
    }

    /** One byte. */
    void u8(int value) throws IOException {
        room(Byte.BYTES).put((byte) value);
    }

    /** Eight bytes. */
    void u64(long value) throws IOException {
        room(Long.BYTES).putLong(value);
    }

    /** Four bytes of length, and the bytes. */
    void counted(byte[] bytes) throws IOException {
        room(Integer.BYTES).putInt(bytes.length);
        write(ByteBuffer.wrap(bytes));
    }

    /** A line with which a format begins. */
    void banner(String line) throws IOException {
        write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Writes all that remains; the buffer is the caller's again afterwards. */
    void write(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() <= gathered.remaining()) {
            gathered.put(bytes);
            return;
        }
        flush();
        writeAll(bytes);
    }

    /** Hands what is gathered to the channel. */
    void flush() throws IOException {
        writeAll(gathered.flip());
        gathered.clear();
    }

    private void writeAll(ByteBuffer bytes) throws IOException {
        try {
            while (bytes.hasRemaining()) {
                sink.write(bytes);
            }
        } catch (ClosedByInterruptException interrupted) {
            throw new RadosException(Errno.EINTR, "writing a stream, whose channel that closed", interrupted);
        }
    }
}
