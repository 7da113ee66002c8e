package io.jrados.disk.qcow2;

import io.jrados.disk.model.DiskInfo.Bitmap;
import io.jrados.disk.model.DiskInfo.InternalSnapshot;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.error.RadosException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The directories of internal snapshots and bitmaps, which a description lists and reading ignores.
 *
 * <p>Source: sections "Snapshots" and "Bitmaps" of docs/interop/qcow2.txt; the limits are those of block/qcow2.h.
 */
final class Directories {
    private static final int MAX_SNAPSHOTS = 65536;
    private static final int MAX_BITMAPS = 65535;
    private static final int MAX_EXTRA = 1024;
    private static final long MAX_DIRECTORY = 64 << 20;
    private static final int SNAPSHOT_FIXED = 40;
    private static final int BITMAP_FIXED = 24;
    private static final int STATE_SIZE = 8;
    private static final int INSTRUCTIONS_AT = 16;
    private static final int IN_USE = 1;
    private static final int AUTO = 2;
    private static final int MAX_GRANULARITY = 31;

    private final RandomAccessSource source;
    private final int clusterSize;
    private long at;
    private long end;

    private Directories(RandomAccessSource source, int clusterSize, long begin) {
        this.source = source;
        this.clusterSize = clusterSize;
        at = begin;
        end = begin + MAX_DIRECTORY;
    }

    static List<InternalSnapshot> snapshots(Header header, RandomAccessSource source) throws RadosException {
        int count = header.snapshots();
        if (count == 0) {
            return List.of();
        }
        if (count < 0 || count > MAX_SNAPSHOTS) {
            throw Damage.malformed(Integer.toUnsignedString(count) + " internal snapshots");
        }
        Directories directory = new Directories(source, header.clusterSize(), header.snapshotsOffset());
        directory.requireAligned("the snapshot table");
        List<InternalSnapshot> snapshots = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            snapshots.add(directory.snapshot());
        }
        return snapshots;
    }

    static List<Bitmap> bitmaps(Header header, RandomAccessSource source) throws RadosException {
        Extensions extensions = header.extensions();
        int count = extensions.bitmaps();
        if (count == 0 || (header.autoclear() & Header.BITMAPS) == 0) {
            return List.of();
        }
        if (count < 0 || count > MAX_BITMAPS || extensions.bitmapsSize() < 0) {
            throw Damage.malformed(Integer.toUnsignedString(count) + " bitmaps");
        }
        Directories directory = new Directories(source, header.clusterSize(), extensions.bitmapsOffset());
        directory.requireAligned("the bitmap directory");
        directory.end = Math.min(directory.end, directory.at + extensions.bitmapsSize());
        List<Bitmap> bitmaps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bitmaps.add(directory.bitmap());
        }
        return bitmaps;
    }

    private void requireAligned(String what) throws RadosException {
        if (at < clusterSize || at % clusterSize != 0 || at > Long.MAX_VALUE - MAX_DIRECTORY) {
            throw Damage.malformed(what + " at " + Long.toUnsignedString(at));
        }
    }

    private InternalSnapshot snapshot() throws RadosException {
        ByteBuffer fixed = next(SNAPSHOT_FIXED, "the snapshot table");
        fixed.position(Long.BYTES + Integer.BYTES);
        int idLength = Short.toUnsignedInt(fixed.getShort());
        int nameLength = Short.toUnsignedInt(fixed.getShort());
        long seconds = Integer.toUnsignedLong(fixed.getInt());
        long nanoseconds = Integer.toUnsignedLong(fixed.getInt());
        long guest = fixed.getLong();
        long stateSize = Integer.toUnsignedLong(fixed.getInt());
        int extraLength = fixed.getInt();
        if (extraLength < 0 || extraLength > MAX_EXTRA) {
            throw Damage.malformed(
                    "an internal snapshot with " + Integer.toUnsignedString(extraLength) + " extra bytes");
        }
        ByteBuffer extra = next(extraLength, "the snapshot table");
        if (extraLength >= STATE_SIZE) {
            stateSize = extra.getLong(0);
        }
        // QEMU's way to say that they were not counted
        long counted = extraLength >= INSTRUCTIONS_AT + Long.BYTES ? extra.getLong(INSTRUCTIONS_AT) : -1;
        OptionalLong instructions = counted == -1 ? OptionalLong.empty() : OptionalLong.of(counted);
        String id = Extensions.text(next(idLength, "the snapshot table"));
        String name = Extensions.text(next(nameLength, "the snapshot table"));
        align(SNAPSHOT_FIXED + extraLength + idLength + nameLength);
        return new InternalSnapshot(id, name, stateSize, seconds, nanoseconds, guest, instructions);
    }

    private Bitmap bitmap() throws RadosException {
        ByteBuffer fixed = next(BITMAP_FIXED, "the bitmap directory");
        fixed.position(Long.BYTES + Integer.BYTES);
        int flags = fixed.getInt();
        fixed.get();
        int granularity = fixed.get();
        int nameLength = Short.toUnsignedInt(fixed.getShort());
        int extraLength = fixed.getInt();
        if (granularity < 0 || granularity > MAX_GRANULARITY || extraLength < 0 || extraLength > MAX_EXTRA) {
            throw Damage.malformed("a bitmap of granularity 2^" + granularity + " with "
                    + Integer.toUnsignedString(extraLength) + " extra bytes");
        }
        next(extraLength, "the bitmap directory");
        String name = Extensions.text(next(nameLength, "the bitmap directory"));
        align(BITMAP_FIXED + extraLength + nameLength);
        return new Bitmap(name, 1L << granularity, (flags & IN_USE) != 0, (flags & AUTO) != 0);
    }

    private ByteBuffer next(int length, String what) throws RadosException {
        if (length > end - at) {
            throw Damage.malformed(what + " does not end where it should");
        }
        ByteBuffer bytes = Damage.read(source, at, length, what);
        at += length;
        return bytes;
    }

    private void align(int entry) {
        at += -entry & Long.BYTES - 1;
    }
}
