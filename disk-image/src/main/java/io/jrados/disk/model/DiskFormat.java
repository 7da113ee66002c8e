package io.jrados.disk.model;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;

/**
 * The formats that an image's first bytes tell apart. The ones that are not read are known all the same: taken for raw,
 * such an image would become a volume that no guest boots.
 */
public enum DiskFormat {
    /** The disk's bytes themselves: whatever is none of the others. */
    RAW(0, ""),
    /** QEMU's format, versions 2 and 3. */
    QCOW2(0, "QFI\u00fb"),
    /** VMware's, sparse or stream-optimised. */
    VMDK(0, "KDMV"),
    /** Microsoft's older one, dynamic; one of a fixed size has its mark at the end and counts as raw. */
    VHD(0, "conectix"),
    /** Microsoft's newer one. */
    VHDX(0, "vhdxfile"),
    /** VirtualBox's. */
    VDI(64, "\u007f\u0010\u00da\u00be"),
    /** QEMU's former format for fast allocation. */
    QED(0, "QED\0"),
    /** An encrypted disk, by itself. */
    LUKS(0, "LUKS\u00ba\u00be"),
    /** Parallels', older. */
    PARALLELS(0, "WithoutFreeSpace"),
    /** Parallels', newer. */
    PARALLELS_EXTENDED(0, "WithouFreSpacExt");

    /** The number of first bytes that telling the format takes. */
    public static final int PROBED = 512;

    private static final String VMDK_DESCRIPTOR = "# Disk DescriptorFile";

    private final int offset;
    private final byte[] magic;

    DiskFormat(int offset, String magic) {
        this.offset = offset;
        this.magic = magic.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * The format that a file's first bytes show. A guest that writes to a raw disk chooses these bytes: whoever knows
     * the format had better say it.
     *
     * @param first up to {@link #PROBED} bytes; less only if the file is shorter
     */
    public static DiskFormat of(ByteBuffer first) {
        Objects.requireNonNull(first, "first");
        for (DiskFormat format : values()) {
            if (format != RAW && begins(first, format.offset, format.magic)) {
                return format;
            }
        }
        return begins(first, 0, VMDK_DESCRIPTOR.getBytes(StandardCharsets.ISO_8859_1)) ? VMDK : RAW;
    }

    /** The format that a source's first bytes show, see {@link #of(ByteBuffer)}. */
    public static DiskFormat of(RandomAccessSource source) throws RadosException {
        Objects.requireNonNull(source, "source");
        ByteBuffer first = ByteBuffer.allocate((int) Math.min(PROBED, source.size()));
        source.read(0, first);
        return of(first.flip());
    }

    private static boolean begins(ByteBuffer bytes, int offset, byte[] magic) {
        return bytes.remaining() >= offset + magic.length
                && bytes.slice(bytes.position() + offset, magic.length).equals(ByteBuffer.wrap(magic));
    }

    /** The refusal of an image of this format. */
    public RadosException refusal() {
        return new RadosException(
                Errno.EOPNOTSUPP, "opening a disk image of the format " + qemuName() + ", which is not read");
    }

    /** The name that {@code qemu-img} has for it. */
    public String qemuName() {
        return switch (this) {
            case VHD -> "vpc";
            case PARALLELS_EXTENDED -> "parallels";
            default -> name().toLowerCase(Locale.ROOT);
        };
    }
}
