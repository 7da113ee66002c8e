package io.jrados.cli;

import io.jrados.rbd.model.Progress;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes from an image to a file. */
final class Copy {
    private static final int PIECE = 1 << 20;

    private Copy() {}

    /** A new file, which must not exist, or standard output for "-". */
    static WritableByteChannel output(String file) throws IOException {
        return file.equals("-")
                // Not of System.out, which takes pieces of 8 KiB through two arrays.
                ? new FileOutputStream(FileDescriptor.out).getChannel()
                : FileChannel.open(Path.of(file), StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    }

    static void all(ReadableByteChannel in, long size, WritableByteChannel out, Progress progress) throws IOException {
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
        long done = 0;
        while (in.read(piece) >= 0) {
            done += piece.flip().remaining();
            while (piece.hasRemaining()) {
                out.write(piece);
            }
            piece.clear();
            progress.report(done, size);
        }
    }
}
