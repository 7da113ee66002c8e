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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Bytes from an image to a file. */
final class Copy {
    private static final int PIECE = 1 << 20;

    private Copy() {}

    /**
     * A new file, which must not exist and which only its owner can read, as the image's own bytes are nobody else's;
     * or standard output for "-".
     */
    static WritableByteChannel output(String file) throws IOException {
        if (file.equals("-")) {
            // Not of System.out, which takes pieces of 8 KiB through two arrays.
            return new FileOutputStream(FileDescriptor.out).getChannel();
        }
        Path path = Path.of(file);
        Set<StandardOpenOption> fresh = EnumSet.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? FileChannel.open(
                        path, fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                : FileChannel.open(path, fresh);
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
