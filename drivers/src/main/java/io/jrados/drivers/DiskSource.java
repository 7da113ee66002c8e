package io.jrados.drivers;

import io.jrados.disk.DiskImages;
import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.DiskStream;
import io.jrados.disk.model.Extent;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SeekableFile;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A disk image, raw or qcow2, on its way into an RBD image. From a channel that can seek it is read by its map; any
 * other is read in one pass, without a temporary file.
 */
public final class DiskSource implements Closeable {
    /** Bytes of a stream that are kept at most until the tables that name them come. */
    private static final long STREAM_LIMIT = 64 << 20;

    private static final int CHUNK = 4 << 20;

    private final String doing;
    private final long size;
    private final Contents contents;

    private interface Contents extends Closeable {
        void copyTo(SparseWriter target, Steps steps) throws RadosException;

        @Override
        void close() throws RadosException;
    }

    /** Tells how far a copy has got, and ends it when it is cancelled. */
    private record Steps(Progress progress, long size, String doing) {
        void at(long done) throws RadosException {
            if (progress.isCancelled()) {
                throw RadosException.of(Errno.ECANCELED, doing + ", cancelled after " + done + " bytes");
            }
            progress.report(done, size);
        }
    }

    private DiskSource(String doing, long size, Contents contents) {
        this.doing = doing;
        this.size = size;
        this.contents = contents;
    }

    /**
     * Opens an image whose format is known: one that looks like another format is refused, since a guest can make its
     * raw disk look like anything.
     *
     * @param channel blocking; closed with the source, and if it cannot be opened
     * @param format as Glance calls it: {@code raw}, {@code iso} or {@code qcow2}
     * @param length of the channel's bytes; empty if unknown, which only a raw stream minds
     * @param doing for errors, as a participle with the image
     * @throws DriverException {@link Kind#IMAGE_UNACCEPTABLE} for a format or a feature that is not read, and for a
     *     damaged image
     */
    public static DiskSource open(ReadableByteChannel channel, String format, OptionalLong length, String doing)
            throws RadosException {
        try {
            Optional<SeekableByteChannel> file = SeekableFile.of(channel);
            return file.isPresent()
                    ? ofFile(RandomAccessSource.of(file.get()), format, doing)
                    : ofStream(
                            length.isPresent()
                                    ? DiskImages.stream(channel, length.getAsLong(), STREAM_LIMIT)
                                    : DiskImages.stream(channel, STREAM_LIMIT),
                            format,
                            length,
                            doing);
        } catch (RadosException refused) {
            throw unacceptable(refused, doing);
        }
    }

    /**
     * Takes an image that is open, by its map; closed with the source.
     *
     * @param doing for errors, as a participle with the image
     */
    public static DiskSource of(DiskImage image, String doing) {
        return new DiskSource(doing, image.virtualSize(), new MappedContents(image));
    }

    /** Takes an image that is open and comes in one pass; closed with the source. */
    public static DiskSource of(DiskStream stream, String doing) {
        return new DiskSource(doing, stream.info().virtualSize(), new StreamedContents(stream));
    }

    private static DiskSource ofFile(RandomAccessSource file, String format, String doing) throws RadosException {
        long length = file.size();
        DiskImage image = DiskImages.open(file);
        MappedContents contents = new MappedContents(image);
        DiskFormat found = image.info().format();
        checkFormat(contents, found, format, doing);
        return new DiskSource(doing, size(found, length, image.virtualSize()), contents);
    }

    /** A raw image's virtual size counts whole sectors; the disk has the bytes that are there. */
    private static long size(DiskFormat format, long length, long virtualSize) {
        return format == DiskFormat.RAW ? length : virtualSize;
    }

    private static DiskSource ofStream(DiskStream stream, String format, OptionalLong length, String doing)
            throws RadosException {
        StreamedContents contents = new StreamedContents(stream);
        DiskFormat found = stream.info().format();
        checkFormat(contents, found, format, doing);
        return new DiskSource(doing, size(found, length.orElse(0), stream.info().virtualSize()), contents);
    }

    private static void checkFormat(Contents contents, DiskFormat found, String declared, String doing)
            throws RadosException {
        String expected = declared.equals("iso") ? "raw" : declared.toLowerCase(Locale.ROOT);
        if (!found.qemuName().equals(expected)) {
            contents.close();
            throw new DriverException(
                    Kind.IMAGE_UNACCEPTABLE, doing + ", which is " + found.qemuName() + " and not " + declared);
        }
    }

    /** The size of the disk in bytes. */
    public long size() {
        return size;
    }

    /**
     * Writes the disk's bytes, and returns when all are written.
     *
     * @param target of an image of at least {@link #size} bytes
     * @param progress in bytes of the disk; a cancellation is ECANCELED
     * @throws DriverException {@link Kind#IMAGE_UNACCEPTABLE} for an image that proves to be damaged
     */
    public void copyTo(SparseWriter target, Progress progress) throws RadosException {
        contents.copyTo(target, new Steps(progress, size, doing));
        target.drain();
        progress.report(size, size);
    }

    @Override
    public void close() throws RadosException {
        contents.close();
    }

    private static RadosException unacceptable(RadosException failed, String doing) {
        boolean isItsFault = !(failed instanceof DriverException)
                && switch (failed.errno()) {
                    case EOPNOTSUPP, EBADMSG, EFBIG, EINVAL -> true;
                    default -> false;
                };
        return isItsFault ? new DriverException(Kind.IMAGE_UNACCEPTABLE, doing, failed) : failed;
    }

    private record MappedContents(DiskImage image) implements Contents {
        @Override
        public void copyTo(SparseWriter target, Steps steps) throws RadosException {
            try (PiecesAhead pieces = new PiecesAhead(target)) {
                for (long at = 0; at < steps.size; ) {
                    steps.at(at);
                    Extent extent = next(at, Math.min(CHUNK, steps.size - at), steps.doing);
                    if (extent.kind() == Extent.Kind.DATA) {
                        pieces.add(at, (int) extent.length(), () -> read(extent, steps.doing));
                    }
                    at = extent.end();
                }
                pieces.drain();
            }
        }

        private Extent next(long at, long limit, String doing) throws RadosException {
            try {
                return image.extent(at, limit);
            } catch (RadosException failed) {
                throw unacceptable(failed, doing);
            }
        }

        private ByteBuffer read(Extent extent, String doing) throws RadosException {
            try {
                ByteBuffer bytes = ByteBuffer.allocate((int) extent.length());
                image.read(extent.offset(), bytes);
                return bytes.flip();
            } catch (RadosException failed) {
                throw unacceptable(failed, doing);
            }
        }

        @Override
        public void close() throws RadosException {
            image.close();
        }
    }

    private record StreamedContents(DiskStream stream) implements Contents {
        @Override
        public void copyTo(SparseWriter target, Steps steps) throws RadosException {
            long done = 0;
            try (PiecesAhead pieces = new PiecesAhead(target)) {
                for (DiskStream.Piece piece = next(steps.doing); piece != null; piece = next(steps.doing)) {
                    DiskStream.Piece each = piece;
                    steps.at(done);
                    pieces.add(each.offset(), each.length(), () -> expanded(each, steps.doing));
                    done = Math.max(done, each.offset());
                }
                pieces.drain();
            }
        }

        private DiskStream.@Nullable Piece next(String doing) throws RadosException {
            try {
                return stream.next();
            } catch (RadosException failed) {
                throw unacceptable(failed, doing);
            }
        }

        private static ByteBuffer expanded(DiskStream.Piece piece, String doing) throws RadosException {
            try {
                return piece.bytes();
            } catch (RadosException failed) {
                throw unacceptable(failed, doing);
            }
        }

        @Override
        public void close() throws RadosException {
            stream.close();
        }
    }
}
