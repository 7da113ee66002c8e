package io.jrados.disk.qcow2;

import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskInfo;
import io.jrados.disk.model.DiskInfo.Bitmap;
import io.jrados.disk.model.DiskInfo.DataFile;
import io.jrados.disk.model.DiskInfo.InternalSnapshot;
import io.jrados.disk.model.DiskInfo.Qcow2Details;
import io.jrados.error.RadosException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The header of a qcow2 image with its extensions, checked as far as it can be without the rest of the file.
 *
 * <p>Source: sections "Header" and "Header extensions" of docs/interop/qcow2.txt of QEMU.
 *
 * @param clusterBits the logarithm of the cluster size, 9 to 21
 * @param size of the virtual disk, in bytes
 * @param crypt 0 for none, 1 for AES, 2 for LUKS
 * @param l1Size the number of entries of the active L1 table
 * @param length of the header itself, in bytes
 * @param compression 0 for zlib, 1 for zstd
 * @param backingFile null if there is none
 */
record Header(
        int version,
        int clusterBits,
        long size,
        int crypt,
        int l1Size,
        long l1Offset,
        long refcountOffset,
        int refcountClusters,
        int snapshots,
        long snapshotsOffset,
        long incompatible,
        long compatible,
        long autoclear,
        int refcountOrder,
        int length,
        int compression,
        @Nullable String backingFile,
        Extensions extensions) {
    static final int MAGIC = 0x514649fb;
    static final int MIN_CLUSTER_BITS = 9;
    static final int MAX_CLUSTER_BITS = 21;

    static final long DIRTY = 1;
    static final long CORRUPT = 1 << 1;
    static final long DATA_FILE = 1 << 2;
    static final long COMPRESSION = 1 << 3;
    static final long EXTENDED_L2 = 1 << 4;
    static final long LAZY_REFCOUNTS = 1;
    static final long BITMAPS = 1;
    static final long RAW_DATA_FILE = 1 << 1;

    static final int LENGTH_2 = 72;
    static final int LENGTH_3 = 104;
    private static final int COMPRESSION_AT = 104;
    private static final int CLUSTER_BITS_AT = 20;
    private static final int SMALL_REFCOUNTS = 4;
    private static final int LARGEST_REFCOUNTS = 6;
    private static final int MIN_BITS_EXTENDED = 14;
    private static final int MAX_BACKING_NAME = 1023;
    private static final long KNOWN = DIRTY | CORRUPT | DATA_FILE | COMPRESSION | EXTENDED_L2;

    /** The cluster size of the image that begins with these bytes, {@link #LENGTH_2} or more. */
    static int clusterSize(ByteBuffer first) throws RadosException {
        if (first.remaining() < LENGTH_2) {
            throw Damage.malformed("the file ends within the header");
        }
        int magic = first.getInt(0);
        int version = first.getInt(Integer.BYTES);
        if (magic != MAGIC) {
            throw Damage.malformed("it does not begin as one does");
        }
        if (version != 2 && version != 3) {
            throw Damage.unsupported("version " + Integer.toUnsignedString(version) + " of the format");
        }
        int bits = first.getInt(CLUSTER_BITS_AT);
        if (bits < MIN_CLUSTER_BITS || bits > MAX_CLUSTER_BITS) {
            throw Damage.malformed("clusters of 2^" + Integer.toUnsignedString(bits) + " bytes");
        }
        return 1 << bits;
    }

    /** Decodes the header, given as much of the first cluster as the file has. */
    static Header decode(ByteBuffer cluster) throws RadosException {
        clusterSize(cluster);
        ByteBuffer in = cluster.duplicate();
        in.position(Integer.BYTES);
        int version = in.getInt();
        long backingOffset = in.getLong();
        int backingSize = in.getInt();
        int bits = in.getInt();
        long size = in.getLong();
        int crypt = in.getInt();
        int l1Size = in.getInt();
        long l1Offset = in.getLong();
        long refcountOffset = in.getLong();
        int refcountClusters = in.getInt();
        int snapshots = in.getInt();
        long snapshotsOffset = in.getLong();
        long incompatible = 0;
        long compatible = 0;
        long autoclear = 0;
        int order = SMALL_REFCOUNTS;
        int length = LENGTH_2;
        int compression = 0;
        if (version > 2) {
            if (in.remaining() < LENGTH_3 - LENGTH_2) {
                throw Damage.malformed("the file ends within the header");
            }
            incompatible = in.getLong();
            compatible = in.getLong();
            autoclear = in.getLong();
            order = in.getInt();
            length = in.getInt();
            requireLength(length, cluster.limit(), order);
            compression = length > COMPRESSION_AT ? Byte.toUnsignedInt(cluster.get(COMPRESSION_AT)) : 0;
        }
        String backing = backingFile(cluster, backingOffset, backingSize, length);
        int end = backing == null ? cluster.limit() : (int) backingOffset;
        Extensions extensions =
                Extensions.decode(cluster.duplicate().position(length).limit(end));
        Header header = new Header(
                version,
                bits,
                size,
                crypt,
                l1Size,
                l1Offset,
                refcountOffset,
                refcountClusters,
                snapshots,
                snapshotsOffset,
                incompatible,
                compatible,
                autoclear,
                order,
                length,
                compression,
                backing,
                extensions);
        header.requireKnownFeatures();
        return header;
    }

    private static void requireLength(int length, int limit, int order) throws RadosException {
        if (length < LENGTH_3 || length % Long.BYTES != 0 || length > limit) {
            throw Damage.malformed("a header of " + Integer.toUnsignedString(length) + " bytes");
        }
        if (order < 0 || order > LARGEST_REFCOUNTS) {
            throw Damage.malformed("reference counts of 2^" + Integer.toUnsignedString(order) + " bits");
        }
    }

    private static @Nullable String backingFile(ByteBuffer cluster, long offset, int size, int length)
            throws RadosException {
        if (offset == 0) {
            return null;
        }
        if (size < 0
                || size > MAX_BACKING_NAME
                || offset < length
                || offset > cluster.limit()
                || size > cluster.limit() - offset) {
            throw Damage.malformed("a backing file's name of " + Integer.toUnsignedString(size) + " bytes at "
                    + Long.toUnsignedString(offset));
        }
        return Extensions.text(cluster.slice((int) offset, size));
    }

    private void requireKnownFeatures() throws RadosException {
        long unknown = incompatible & ~KNOWN;
        if (unknown != 0) {
            throw Damage.unsupported(extensions.names(unknown));
        }
        boolean isZlib = compression == 0;
        if (isZlib == has(COMPRESSION)) {
            throw Damage.malformed("compression type " + compression + " with incompatible features "
                    + Long.toHexString(incompatible));
        }
        if (compression > 1) {
            throw Damage.unsupported("compression type " + compression);
        }
        if (crypt < 0 || crypt > 2) {
            throw Damage.unsupported("encryption method " + Integer.toUnsignedString(crypt));
        }
        if (size < 0) {
            throw Damage.malformed("a virtual size of " + Long.toUnsignedString(size) + " bytes");
        }
        if (extendedL2() && clusterBits < MIN_BITS_EXTENDED) {
            throw Damage.malformed("extended L2 entries with clusters of 2^" + clusterBits + " bytes");
        }
    }

    /** Refuses what an image may have and is not read, by name: EOPNOTSUPP. */
    void requireReadable() throws RadosException {
        if (backingFile != null) {
            throw Damage.unsupported("the backing file \"" + backingFile + "\"");
        }
        if (has(DATA_FILE)) {
            String name = extensions.dataFile();
            throw Damage.unsupported(
                    name == null ? "an external data file" : "the external data file \"" + name + "\"");
        }
        if (crypt != 0) {
            throw Damage.unsupported(encryption() + " encryption");
        }
    }

    /** Describes the image, with what its directories list. */
    DiskInfo describe(List<InternalSnapshot> snapshotList, List<Bitmap> bitmapList) {
        Optional<DataFile> dataFile = has(DATA_FILE)
                ? Optional.of(
                        new DataFile(Optional.ofNullable(extensions.dataFile()), (autoclear & RAW_DATA_FILE) != 0))
                : Optional.empty();
        Qcow2Details details = new Qcow2Details(
                version,
                zstd() ? "zstd" : "zlib",
                (compatible & LAZY_REFCOUNTS) != 0,
                1 << refcountOrder,
                dataFile,
                Optional.ofNullable(encryption()),
                has(CORRUPT),
                extendedL2(),
                bitmapList);
        return new DiskInfo(
                DiskFormat.QCOW2,
                size,
                OptionalInt.of(clusterSize()),
                Optional.ofNullable(backingFile),
                backingFile == null ? Optional.empty() : Optional.ofNullable(extensions.backingFormat()),
                crypt != 0,
                has(DIRTY),
                snapshotList,
                Optional.of(details));
    }

    private boolean has(long bit) {
        return (incompatible & bit) != 0;
    }

    int clusterSize() {
        return 1 << clusterBits;
    }

    boolean extendedL2() {
        return has(EXTENDED_L2);
    }

    boolean zstd() {
        return compression == 1;
    }

    @Nullable
    String encryption() {
        return switch (crypt) {
            case 0 -> null;
            case 1 -> "aes";
            default -> "luks";
        };
    }
}
