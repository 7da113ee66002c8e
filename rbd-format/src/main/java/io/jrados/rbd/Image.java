package io.jrados.rbd;

import io.jrados.error.RadosException;
import io.jrados.osd.op.WatcherInfo;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * An open RBD image, at its head or at a snapshot. Thread-safe. Closing it releases its watch.
 *
 * <p>Buffers are borrowed until the future completes. Offsets and lengths are bytes.
 */
public interface Image extends AutoCloseable {
    String name();

    String id();

    /** Bytes, of the head or of the snapshot that is open. */
    long size();

    ImageInfo info();

    /** Whether it was opened read-only, at a snapshot, or holds features that this client cannot keep true. */
    boolean isReadOnly();

    /**
     * Reads exactly {@code into.remaining()} bytes; holes are zeroes.
     * Completes with EINVAL past the image's end.
     */
    CompletableFuture<Void> readAsync(long offset, ByteBuffer into);

    default void read(long offset, ByteBuffer into) throws RadosException {
        Wait.on(readAsync(offset, into));
    }

    /**
     * Writes {@code data.remaining()} bytes.
     * Completes with EINVAL past the image's end, EROFS when read-only.
     */
    CompletableFuture<Void> writeAsync(long offset, ByteBuffer data);

    default void write(long offset, ByteBuffer data) throws RadosException {
        Wait.on(writeAsync(offset, data));
    }

    /** Makes a range zero; what lies inside the discard granularity may be kept as it is. */
    CompletableFuture<Void> discardAsync(long offset, long length);

    default void discard(long offset, long length) throws RadosException {
        Wait.on(discardAsync(offset, length));
    }

    /** Completes when every write that was submitted before is on stable storage. */
    CompletableFuture<Void> flushAsync();

    default void flush() throws RadosException {
        Wait.on(flushAsync());
    }

    /** Grows, or shrinks and so destroys data. */
    void resize(long size, Progress progress) throws RadosException;

    List<SnapshotInfo> snapshots() throws RadosException;

    void createSnapshot(String name) throws RadosException;

    void removeSnapshot(String name) throws RadosException;

    void protectSnapshot(String name) throws RadosException;

    /** EBUSY while clones of format 1 hang on it. EINVAL when it is not protected. */
    void unprotectSnapshot(String name) throws RadosException;

    boolean isSnapshotProtected(String name) throws RadosException;

    /** Copies what the parent has, and detaches from it. EINVAL without a parent. */
    void flatten(Progress progress) throws RadosException;

    /** Clones of this image's snapshots. */
    List<io.jrados.rbd.model.ImageSpec> children() throws RadosException;

    /** Who else has the header open for writing: the watchers but for this image's own watch. */
    List<WatcherInfo> watchers() throws RadosException;

    Map<String, byte[]> metadata() throws RadosException;

    void setMetadata(String key, byte[] value) throws RadosException;

    void removeMetadata(String key) throws RadosException;

    /** Reads the header anew. */
    void refresh() throws RadosException;

    @Override
    void close() throws RadosException;
}
