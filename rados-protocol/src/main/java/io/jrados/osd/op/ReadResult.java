package io.jrados.osd.op;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The results of a {@link ReadOperation}'s parts; {@code index} is the number of a part. Asking a part for what it
 * does not return, or a failed one for anything but its code, is an IllegalStateException.
 */
public final class ReadResult {
    private final PartResults results;
    private final long version;

    ReadResult(PartResults results, long version) {
        this.results = results;
        this.version = version;
    }

    /** The part's own result: 0 or more, or the negative errno of one that was allowed to fail. */
    public int code(int index) {
        return results.code(index);
    }

    /** The object's version. */
    public long version() {
        return version;
    }

    /** The output of exec, as it came; empty for a part that returns nothing. Not copied. */
    public byte[] output(int index) {
        return results.value(index, byte[].class);
    }

    /** Bytes that a read returned. */
    public int length(int index) {
        return data(index).remaining();
    }

    /** Returns the bytes of a read: a new buffer, or a view of the part of the given one that was filled. */
    public ByteBuffer data(int index) {
        return results.value(index, ByteBuffer.class).duplicate();
    }

    public ObjectStat stat(int index) {
        return results.value(index, ObjectStat.class);
    }

    public SparseData sparse(int index) {
        return results.value(index, SparseData.class);
    }

    /**
     * Returns the extents of {@link ReadOperation#mapExtents}, or those that a sparse read into a buffer found to be
     * written.
     */
    @SuppressWarnings("unchecked")
    public List<SparseData.Extent> extents(int index) {
        return results.value(index, List.class);
    }

    /** Returns the future of a sparse read's {@link Borrower}. */
    public CompletableFuture<?> borrowed(int index) {
        return results.value(index, CompletableFuture.class);
    }

    /** One for each chunk, in order. Not copied. */
    public long[] checksums(int index) {
        return results.value(index, long[].class);
    }

    /** Returns the answer to {@link ReadOperation#isDirty}. */
    public boolean flag(int index) {
        return results.value(index, Boolean.class);
    }

    /** An extended attribute's value. Not copied. */
    public byte[] xattr(int index) {
        return output(index);
    }

    public Map<String, byte[]> xattrs(int index) {
        return omap(index).pairs();
    }

    public OmapPage omap(int index) {
        return results.value(index, OmapPage.class);
    }

    @SuppressWarnings("unchecked")
    public List<WatcherInfo> watchers(int index) {
        return results.value(index, List.class);
    }

    public SnapSet snaps(int index) {
        return results.value(index, SnapSet.class);
    }
}
