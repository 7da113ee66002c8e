package io.jrados.disk.model;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A raw image: the disk's bytes themselves. It has no map, so all of it is data; whoever copies it looks for zeros. Its
 * virtual size is its file's, rounded up to whole sectors of 512 bytes as QEMU does.
 */
public final class RawImage implements DiskImage {
    private static final int SECTOR = 512;
    private static final int BLOCK = 1 << 16;

    private final RandomAccessSource source;
    private final DiskInfo info;

    /** @param source closed with the image */
    public RawImage(RandomAccessSource source) {
        this.source = Objects.requireNonNull(source, "source");
        info = info(source);
    }

    /** Describes a file as a raw image. */
    public static DiskInfo info(RandomAccessSource source) {
        Objects.requireNonNull(source, "source");
        return DiskInfo.raw(source.size() + (-source.size() & SECTOR - 1));
    }

    @Override
    public DiskInfo info() {
        return info;
    }

    @Override
    public int blockSize() {
        return BLOCK;
    }

    @Override
    public Extent extent(long offset, long limit) throws RadosException {
        if (offset < 0) {
            throw new IllegalArgumentException("offset: " + offset);
        }
        if (limit <= 0) {
            throw new IllegalArgumentException("limit: " + limit);
        }
        if (offset >= info.virtualSize()) {
            throw outside(offset, limit);
        }
        return new Extent(offset, Math.min(limit, info.virtualSize() - offset), Extent.Kind.DATA);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws RadosException {
        Objects.requireNonNull(target, "target");
        if (offset < 0) {
            throw new IllegalArgumentException("offset: " + offset);
        }
        if (offset > info.virtualSize() - target.remaining()) {
            throw outside(offset, target.remaining());
        }
        int stored = (int) Math.max(0, Math.min(target.remaining(), source.size() - offset));
        if (stored > 0) {
            source.read(offset, target.slice(target.position(), stored));
            target.position(target.position() + stored);
        }
        while (target.hasRemaining()) {
            target.put((byte) 0);
        }
    }

    private RadosException outside(long offset, long length) {
        return new RadosException(
                Errno.EINVAL,
                "reading " + length + " bytes at " + offset + " of a disk image of " + info.virtualSize());
    }

    @Override
    public void close() throws RadosException {
        source.close();
    }
}
