package io.jrados.disk;

import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.DiskInfo;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.disk.model.RawImage;
import io.jrados.disk.qcow2.Qcow2Image;
import io.jrados.error.RadosException;

/**
 * Opens disk images, by a format that the caller knows or by their content. Whether an image can be read is known
 * before a byte of it is asked for: what it has and we do not read is refused by name.
 *
 * <pre>{@code
 * try (DiskImage image = DiskImages.open(RandomAccessSource.of(FileChannel.open(path)))) {
 *     for (long at = 0; at < image.virtualSize(); ) {
 *         Extent extent = image.extent(at, 8 << 20);
 *         ...
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
        try {
            return opened(source, DiskFormat.of(source));
        } catch (RadosException | RuntimeException failed) {
            closeAfter(source, failed);
            throw failed;
        }
    }

    /** Opens an image as one of a format, see {@link #open(RandomAccessSource)}. */
    public static DiskImage open(RandomAccessSource source, DiskFormat format) throws RadosException {
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
     * Describes an image, also one that would be refused for a backing file, an external data file or encryption.
     *
     * @param source left open
     */
    public static DiskInfo info(RandomAccessSource source) throws RadosException {
        DiskFormat format = DiskFormat.of(source);
        return switch (format) {
            case RAW -> RawImage.info(source);
            case QCOW2 -> Qcow2Image.info(source);
            default -> throw format.refusal();
        };
    }
}
