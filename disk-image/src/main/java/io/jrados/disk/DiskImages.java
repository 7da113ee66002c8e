package io.jrados.disk;

import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.DiskInfo;
import io.jrados.disk.model.DiskStream;
import io.jrados.disk.model.Qcow2Options;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.disk.model.RawImage;
import io.jrados.disk.model.RawStream;
import io.jrados.disk.model.StreamInput;
import io.jrados.disk.qcow2.Qcow2Image;
import io.jrados.disk.qcow2.Qcow2Stream;
import io.jrados.disk.qcow2.Qcow2Writer;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Opens disk images, by a format that the caller knows or by their content. Whether an image can be read is known
 * before a byte of it is asked for: what it has and we do not read is refused by name. A small file can be a large
 * disk: whoever takes images of strangers bounds {@link DiskImage#virtualSize} before copying one.
 *
 * <pre>{@code
 * try (DiskImage image = DiskImages.open(RandomAccessSource.of(FileChannel.open(path)))) {
 *     for (long at = 0; at < image.virtualSize(); ) {
 *         Extent extent = image.extent(at, 8 << 20);
 *         System.out.println(extent);
 *         at = extent.end();
 *     }
 * }
 * }</pre>
 */
public final class DiskImages {
    private DiskImages() {}

    /**
     * Opens an image of the format that its first bytes show. A guest that writes to a raw disk chooses those: whoever
     * knows the format says it, by {@link #open(RandomAccessSource, DiskFormat)}.
     *
     * @param source closed with the image, and if it is not opened
     * @throws RadosException EOPNOTSUPP for a format or a feature that is not read, EBADMSG for a damaged image
     */
    public static DiskImage open(RandomAccessSource source) throws RadosException {
        Objects.requireNonNull(source, "source");
        try {
            return opened(source, DiskFormat.of(source));
        } catch (RadosException | RuntimeException failed) {
            closeAfter(source, failed);
            throw failed;
        }
    }

    /** Opens an image as one of a format, see {@link #open(RandomAccessSource)}. */
    public static DiskImage open(RandomAccessSource source, DiskFormat format) throws RadosException {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(format, "format");
        try {
            return opened(source, format);
        } catch (RadosException | RuntimeException failed) {
            closeAfter(source, failed);
            throw failed;
        }
    }

    private static DiskImage opened(RandomAccessSource source, DiskFormat format) throws RadosException {
        return switch (format) {
            case RAW -> new RawImage(source);
            case QCOW2 -> new Qcow2Image(source);
            default -> throw format.refusal();
        };
    }

    private static void closeAfter(RandomAccessSource source, Exception failed) {
        try {
            source.close();
        } catch (RadosException second) {
            failed.addSuppressed(second);
        }
    }

    /**
     * Opens an image that comes as a stream, in one pass, of the format that its first bytes show.
     *
     * @param channel a channel that blocks; closed with the image, and if it is not opened. It has to end behind the
     *     image: a raw one reads once more to see that nothing follows, and waits as long as the channel is open
     * @param size the stream's length in bytes, which a raw image takes for its own
     * @param limit the bytes that are kept at most of what came before the tables that name it; 64 MiB will do for
     *     what {@code qemu-img convert} writes
     * @throws RadosException as {@link #open(RandomAccessSource)}
     */
    public static DiskStream stream(ReadableByteChannel channel, long size, long limit) throws RadosException {
        Objects.requireNonNull(channel, "channel");
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size);
        }
        return streamed(channel, OptionalLong.of(size), limit);
    }

    /**
     * Opens an image that comes as a stream of unknown length, see {@link #stream(ReadableByteChannel, long, long)}.
     *
     * @throws RadosException EINVAL for a raw image, whose size the length is
     */
    public static DiskStream stream(ReadableByteChannel channel, long limit) throws RadosException {
        Objects.requireNonNull(channel, "channel");
        return streamed(channel, OptionalLong.empty(), limit);
    }

    private static DiskStream streamed(ReadableByteChannel channel, OptionalLong size, long limit)
            throws RadosException {
        if (limit < 0) {
            throw new IllegalArgumentException("limit: " + limit);
        }
        try {
            StreamInput input = new StreamInput(channel);
            DiskFormat format = input.format();
            return switch (format) {
                case RAW -> rawStream(input, size);
                case QCOW2 -> new Qcow2Stream(input, limit);
                default -> throw format.refusal();
            };
        } catch (RadosException | RuntimeException failed) {
            try {
                channel.close();
            } catch (IOException second) {
                failed.addSuppressed(second);
            }
            throw failed;
        }
    }

    private static DiskStream rawStream(StreamInput input, OptionalLong size) throws RadosException {
        return new RawStream(
                input,
                size.orElseThrow(
                        () -> new RadosException(Errno.EINVAL, "opening a raw image from a stream of unknown length")));
    }

    /**
     * Writes an image as qcow2, version 3, in one pass: the target need not seek.
     *
     * @param image what is written: its data are copied, its zero and absent areas get nothing but marks. It must not
     *     change meanwhile
     * @param target a channel that blocks; left open
     * @return the number of bytes written
     * @throws RadosException EFBIG for a virtual size that clusters of this size cannot hold, EIO if the target fails,
     *     EILSEQ if the image is found to change, EINTR if the thread is interrupted
     */
    public static long writeQcow2(DiskImage image, WritableByteChannel target, Qcow2Options options)
            throws RadosException {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(options, "options");
        return Qcow2Writer.write(image, target, options);
    }

    /**
     * Describes an image, also one that would be refused for a backing file, an external data file or encryption.
     *
     * @param source left open
     */
    public static DiskInfo info(RandomAccessSource source) throws RadosException {
        Objects.requireNonNull(source, "source");
        DiskFormat format = DiskFormat.of(source);
        return switch (format) {
            case RAW -> RawImage.info(source);
            case QCOW2 -> Qcow2Image.info(source);
            default -> throw format.refusal();
        };
    }
}
