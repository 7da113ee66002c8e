package io.jrados.osd.op;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Placeholder until the codec lands: index = position of the part in the operation. */
public final class ReadResult {
    public int code(int index) {
        throw new UnsupportedOperationException();
    }

    public long version() {
        throw new UnsupportedOperationException();
    }
    /** Raw output of the part. */
    public byte[] output(int index) {
        throw new UnsupportedOperationException();
    }
    /** Bytes that a read returned. */
    public int length(int index) {
        throw new UnsupportedOperationException();
    }
    /** Data of read(offset, length). */
    public ByteBuffer data(int index) {
        throw new UnsupportedOperationException();
    }

    public ObjectStat stat(int index) {
        throw new UnsupportedOperationException();
    }

    public SparseData sparse(int index) {
        throw new UnsupportedOperationException();
    }

    public byte[] xattr(int index) {
        throw new UnsupportedOperationException();
    }

    public Map<String, byte[]> xattrs(int index) {
        throw new UnsupportedOperationException();
    }

    public OmapPage omap(int index) {
        throw new UnsupportedOperationException();
    }

    public List<WatcherInfo> watchers(int index) {
        throw new UnsupportedOperationException();
    }

    public SnapSet snaps(int index) {
        throw new UnsupportedOperationException();
    }
}
