package io.jrados.disk.qcow2;

import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.DiskInfo;
import io.jrados.disk.model.Extent;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A qcow2 image, versions 2 and 3, as its active state shows it: internal snapshots are ignored. The dirty bit concerns
 * reference counts, which reading doesn't need, and the corrupt bit forbids writing; images with either are read.
 *
 * <p>Source: docs/interop/qcow2.txt of QEMU; how compressed data end is in block/qcow2-threads.c.
 */
public final class Qcow2Image implements DiskImage {
    private final RandomAccessSource source;
    private final DiskInfo info;
    private final ClusterMap map;
    private final DecoderPool decoders;
    private volatile boolean closed;

    /**
     * Opens an image.
     *
     * @param source closed with the image; left open if this fails
     * @throws RadosException EOPNOTSUPP for a backing file, an external data file, encryption or a feature that is not
     *     known, each by its name; EBADMSG for an image whose tables are not what they should be
     */
    public Qcow2Image(RandomAccessSource source) throws RadosException {
        this.source = Objects.requireNonNull(source, "source");
        Header header = header(source);
        header.requireReadable();
        map = new ClusterMap(header, source);
        decoders = new DecoderPool(header);
        info = describe(header, source);
    }

    /** Describes an image, readable or not. */
    public static DiskInfo info(RandomAccessSource source) throws RadosException {
        return describe(header(source), source);
    }

    private static Header header(RandomAccessSource source) throws RadosException {
        int probed = (int) Math.min(DiskFormat.PROBED, source.size());
        int clusterSize = Header.clusterSize(Damage.read(source, 0, probed, "the header"));
        return Header.decode(Damage.read(source, 0, (int) Math.min(clusterSize, source.size()), "the header"));
    }

    private static DiskInfo describe(Header header, RandomAccessSource source) throws RadosException {
        return header.describe(Directories.snapshots(header, source), Directories.bitmaps(header, source));
    }

    @Override
    public DiskInfo info() {
        return info;
    }

    @Override
    public int blockSize() {
        return map.geometry().clusterSize;
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
        Run run = map.run(offset, limit);
        Extent.Kind kind = run.kind().extent;
        long length = run.length();
        while (length < limit && offset + length < info.virtualSize()) {
            run = map.run(offset + length, limit - length);
            if (run.kind().extent != kind) {
                break;
            }
            length += run.length();
        }
        return new Extent(offset, length, kind);
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
        if (closed) {
            throw new RadosException(Errno.EBADF, "reading a disk image at " + offset);
        }
        long at = offset;
        while (target.hasRemaining()) {
            Run run = map.run(at, target.remaining());
            int length = (int) run.length();
            ByteBuffer part = target.slice(target.position(), length);
            switch (run.kind()) {
                case PLAIN -> source.read(run.host(), part);
                case COMPRESSED -> expand(run, (int) (at & blockSize() - 1), part);
                default -> zero(part);
            }
            target.position(target.position() + length);
            at += length;
        }
    }

    private RadosException outside(long offset, long length) {
        return new RadosException(
                Errno.EINVAL,
                "reading " + length + " bytes at " + offset + " of a disk image of " + info.virtualSize());
    }

    private static void zero(ByteBuffer part) {
        while (part.remaining() >= Long.BYTES) {
            part.putLong(0);
        }
        while (part.hasRemaining()) {
            part.put((byte) 0);
        }
    }

    private void expand(Run run, int inCluster, ByteBuffer part) throws RadosException {
        ClusterDecoder decoder = decoders.take();
        try {
            decoder.read(source, run, inCluster, part);
        } finally {
            decoders.giveBack(decoder);
        }
    }

    @Override
    public void close() throws RadosException {
        closed = true;
        decoders.close();
        source.close();
    }
}
