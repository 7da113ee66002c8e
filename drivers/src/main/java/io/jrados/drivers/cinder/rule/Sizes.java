package io.jrados.drivers.cinder.rule;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.Volume;

/** Sizes of volumes in GiB, and of their images in bytes. */
public final class Sizes {
    /** The header that LUKS puts before an encrypted volume's data. */
    private static final long ENCRYPTION_HEADER = 2 << 20;

    private Sizes() {}

    public static long bytes(int gibibytes) {
        return (long) gibibytes << 30;
    }

    public static long roundedUp(long bytes) {
        return (bytes + (1L << 30) - 1) >> 30;
    }

    /** Bytes of an empty volume. */
    public static long ofNew(Volume volume) {
        return bytes(volume.size()) + (volume.isEncrypted() ? ENCRYPTION_HEADER : 0);
    }

    /**
     * Bytes of a volume that is made out of another: an encrypted one keeps the header that its source has beyond whole
     * GiB.
     *
     * @throws DriverException {@link Kind#INVALID} when it would be smaller than its source
     */
    public static long ofCopy(String source, long sourceBytes, Volume volume) throws DriverException {
        long header = volume.isEncrypted() ? sourceBytes & (1L << 30) - 1 : 0;
        long size = bytes(volume.size()) + header;
        if (sourceBytes > size) {
            throw new DriverException(
                    Kind.INVALID,
                    "making volume " + volume.name() + " of " + volume.size() + " GiB from " + source + " of "
                            + sourceBytes + " bytes");
        }
        return size;
    }
}
