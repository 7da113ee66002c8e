package io.jrados.rbd;

import io.jrados.rbd.model.SeekableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/**
 * A channel that gets an image's bytes in order. Behind the end of a file runs of zeroes are passed over, so that they
 * take no room there; over what a file has, and to other channels, they are written.
 */
final class SparseSink {
    private static final ByteBuffer ZEROES = ByteBuffer.allocate(Zeroed.GRAIN).asReadOnlyBuffer();

    private final WritableByteChannel sink;
    private final Optional<SeekableByteChannel> seekable;
    private long hole;

    SparseSink(WritableByteChannel sink) {
        this.sink = sink;
        seekable = SeekableFile.of(sink);
    }

    /** Writes all that remains. */
    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int zero = Zeroed.run(bytes, bytes.position(), true);
            hole += zero;
            bytes.position(bytes.position() + zero);
            int data = Zeroed.run(bytes, bytes.position(), false);
            if (data > 0) {
                passHole();
                writeAll(bytes.slice(bytes.position(), data));
                bytes.position(bytes.position() + data);
            }
        }
    }

    /** Makes the file as long as what it was given. */
    void finish() throws IOException {
        if (hole > 0) {
            hole--;
            passHole();
            writeAll(ZEROES.slice(0, 1));
        }
    }

    private void passHole() throws IOException {
        if (hole > 0 && seekable.isPresent()) {
            SeekableByteChannel file = seekable.get();
            long at = file.position();
            long over = Math.min(hole, Math.max(0, file.size() - at));
            writeZeroes(over);
            long end = at + hole;
            // a file that is open for appending stays where it is
            if (end > at + over && file.position(end).position() == end) {
                hole = 0;
                return;
            }
            hole -= over;
        }
        writeZeroes(hole);
        hole = 0;
    }

    private void writeZeroes(long count) throws IOException {
        for (long left = count; left > 0; ) {
            int some = (int) Math.min(Zeroed.GRAIN, left);
            writeAll(ZEROES.slice(0, some));
            left -= some;
        }
    }

    private void writeAll(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            sink.write(bytes);
        }
    }
}
