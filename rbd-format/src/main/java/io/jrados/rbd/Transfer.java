package io.jrados.rbd;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SeekableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/**
 * Copies between an image and a channel, with several requests under way; zeroes of whole images are left out. What the
 * two directions and the views of an image share is here too.
 */
final class Transfer {
    private Transfer() {}

    static void checkDepth(int depth) {
        if (depth < 0 || depth > Image.MAX_DEPTH) {
            throw new IllegalArgumentException("depth " + depth + ", which is not from 0 to " + Image.MAX_DEPTH);
        }
    }

    /** A channel that blocks gives something sooner. */
    private static final int MOST_EMPTY_READS = 100;

    static void checkRange(String start, long from, String length, long count) {
        if (from < 0) {
            throw new IllegalArgumentException(start + ": " + from);
        }
        if (count < 0) {
            throw new IllegalArgumentException(length + ": " + count);
        }
    }

    /** The place behind a range, which may be any number of bytes long. */
    static long end(long from, long count) {
        return from + Math.min(count, Long.MAX_VALUE - from);
    }

    static RadosException past(Image image, long position) {
        return new RadosException(
                Errno.ENOSPC,
                "writing at " + position + " of image " + image.name() + ", which has " + image.size() + " bytes");
    }

    private static void checkBlocking(Object channel) {
        if (channel instanceof SelectableChannel selectable && !selectable.isBlocking()) {
            throw new IllegalBlockingModeException();
        }
    }

    private static void checkCancelled(Progress progress, String doing, long done) throws RadosException {
        if (progress.isCancelled()) {
            throw RadosException.of(Errno.ECANCELED, doing + ", cancelled after " + done + " bytes");
        }
    }

    /** {@link Image#upload(ReadableByteChannel, int, Progress)}. */
    static long upload(Image image, ReadableByteChannel source, int depth, Progress progress) throws IOException {
        checkDepth(depth);
        checkBlocking(source);
        WriteBehindPipe pipe = new WriteBehindPipe(image, 0, Long.MAX_VALUE, depth, true);
        String doing = "uploading to image " + image.name();
        Optional<SeekableByteChannel> file = SeekableFile.of(source);
        long total = file.isPresent() ? file.get().size() - file.get().position() : image.size();
        int empty = 0;
        try {
            for (int count = 0; count >= 0; count = fill(image, source, pipe, Long.MAX_VALUE)) {
                empty = count == 0 ? empty + 1 : 0;
                if (empty > MOST_EMPTY_READS) {
                    throw new IOException(doing + ", from a channel that gives nothing: is it open, does it block?");
                }
                checkCancelled(progress, doing, pipe.position());
                progress.report(pipe.position(), Math.max(total, pipe.position()));
            }
            pipe.drain();
        } finally {
            pipe.end();
        }
        image.flush();
        return pipe.position();
    }

    /**
     * Reads once from the source into the pipe.
     *
     * @param end behind the last byte that is wanted
     * @return bytes; -1 at the source's end
     * @throws RadosException ENOSPC at the image's end, if the source has more
     */
    static int fill(Image image, ReadableByteChannel source, WriteBehindPipe pipe, long end) throws IOException {
        long left = Math.min(end, image.size()) - pipe.position();
        if (left <= 0) {
            int more = source.read(ByteBuffer.allocate(1));
            if (more > 0) {
                throw past(image, pipe.position());
            }
            return more;
        }
        ByteBuffer room = pipe.room();
        int limit = room.limit();
        room.limit((int) Math.min(limit, room.position() + left));
        try {
            return source.read(room);
        } finally {
            room.limit(limit);
        }
    }

    /** {@link Image#download(WritableByteChannel, int, Progress)}. */
    static long download(Image image, WritableByteChannel sink, int depth, Progress progress) throws IOException {
        checkDepth(depth);
        checkBlocking(sink);
        ReadAheadPipe pipe = new ReadAheadPipe(image, depth, ReadAheadPipe.PIECE, Long.MAX_VALUE);
        SparseSink out = new SparseSink(sink);
        String doing = "downloading image " + image.name();
        try {
            for (ByteBuffer next = pipe.next(Long.MAX_VALUE); next != null; next = pipe.next(Long.MAX_VALUE)) {
                checkCancelled(progress, doing, pipe.position());
                int count = next.remaining();
                out.write(next);
                pipe.took(count);
                progress.report(pipe.position(), Math.max(image.size(), pipe.position()));
            }
            out.finish();
        } finally {
            pipe.forget();
        }
        return pipe.position();
    }
}
