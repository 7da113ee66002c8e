package io.jrados.rbd.image;

import io.jrados.error.ClosedException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.io.DataObjects;
import io.jrados.rbd.io.ImageReads;
import io.jrados.rbd.io.ImageState;
import io.jrados.rbd.io.ObjectExtents;
import io.jrados.rbd.io.ObjectRead;
import io.jrados.rbd.io.Piece;
import io.jrados.rbd.io.Scatter;
import io.jrados.rbd.io.StoredExtents;
import io.jrados.rbd.model.ExtentReader;
import io.jrados.rbd.wait.All;
import io.jrados.rbd.wait.FreshRequest;
import io.jrados.rbd.wait.Qos;
import io.jrados.rbd.wait.Sweep;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads, writes, discards and flushes of an open image. Offsets and lengths are bytes; buffers keep their positions.
 */
public final class ImageIo {
    /** Objects of one discard under way at a time. */
    static final int DISCARD_WIDTH = 64;

    /** Buffers of one request: IOV_MAX. */
    private static final int MAX_BUFFERS = 1024;

    private final ImageContext image;
    private final DataObjects objects;
    private final BlockCommands commands;
    private final Timestamps timestamps;
    private final Qos qos;
    private final ReadAhead ahead;
    private volatile boolean closing;
    private volatile boolean closed;

    public ImageIo(ImageContext image) {
        this.image = image;
        this.objects = image.dataObjects();
        this.commands = new BlockCommands(image, this);
        this.timestamps = new Timestamps(image);
        this.ahead = new ReadAhead(image);
        this.qos = new Qos(
                () -> image.pool().rados().loop(),
                () -> image.options().qos(),
                image.pool().rados().environment());
    }

    /** Fills {@code into}. EINVAL past the image's end. */
    public CompletableFuture<Void> read(long offset, ByteBuffer into) {
        return reading(into.remaining(), () -> readNow(offset, into));
    }

    private CompletableFuture<Void> reading(long bytes, Supplier<CompletableFuture<Void>> read) {
        return closing ? refusedAsClosed("reading") : qos.pass("read", bytes, () -> fresh(read));
    }

    private CompletableFuture<Void> refusedAsClosed(String doing) {
        return CompletableFuture.failedFuture(closed(doing));
    }

    private CompletableFuture<Void> fresh(Supplier<CompletableFuture<Void>> read) {
        return image.gate().isStale() ? new FreshRequest<>(image.gate(), read).start() : read.get();
    }

    private CompletableFuture<Void> readNow(long offset, ByteBuffer into) {
        ImageState state = image.state();
        try {
            check("reading", state.sizeAt(image.snapId()), offset, into.remaining());
        } catch (RadosException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        timestamps.accessed();
        if (!into.hasRemaining()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> known = ahead.read(offset, into);
        return known != null ? known : ImageReads.read(image, state, offset, into);
    }

    /** Lends what is stored of a range. EINVAL past the image's end. */
    public CompletableFuture<Void> readExtents(long offset, long length, ExtentReader reader) {
        return reading(length, () -> {
            ImageState state = image.state();
            try {
                check("reading", state.sizeAt(image.snapId()), offset, length);
            } catch (RadosException refused) {
                return CompletableFuture.failedFuture(refused);
            }
            timestamps.accessed();
            return new StoredExtents(image, state, reader).read(offset, length);
        });
    }

    /** EINVAL past the image's end, EROFS for an image that is read-only. */
    public CompletableFuture<Void> write(long offset, ByteBuffer data) {
        return change("write", data.remaining(), () -> writeNow(offset, data));
    }

    /**
     * A request that changes the image: when its turn has come and it is inside the gate.
     *
     * @param what as {@code rbd_qos_exclude_ops} names it
     */
    CompletableFuture<Void> change(String what, long bytes, Supplier<CompletableFuture<Void>> request) {
        return closing ? refusedAsClosed("changing") : qos.pass(what, bytes, () -> image.inside(request));
    }

    private CompletableFuture<Void> writeNow(long offset, ByteBuffer data) {
        ImageState state = image.state();
        try {
            checkChange("writing to", offset, data.remaining());
        } catch (RadosException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        if (!data.hasRemaining()) {
            return CompletableFuture.completedFuture(null);
        }
        Layout.Extent first = image.layout().extentAt(offset, data.remaining());
        if (first.length() == data.remaining()) {
            return objects.write(state, first.object(), List.of(new Piece(first.offset(), data)));
        }
        All all = new All();
        ObjectExtents extents = new ObjectExtents(image.layout(), offset, data.remaining());
        while (extents.hasNext()) {
            ObjectExtents.Group group = extents.next();
            all.add(objects.write(state, group.object(), ImageReads.pieces(group, data)));
        }
        return all.seal();
    }

    /** As {@link #read(long, ByteBuffer)}, into several buffers one after the other. */
    public CompletableFuture<Void> read(long offset, List<ByteBuffer> into) {
        return reading(new Scatter(into).length(), () -> readNow(offset, into));
    }

    private CompletableFuture<Void> readNow(long offset, List<ByteBuffer> into) {
        ImageState state = image.state();
        Scatter scatter = new Scatter(into);
        try {
            checkCount(into);
            check("reading", state.sizeAt(image.snapId()), offset, scatter.length());
        } catch (RadosException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        timestamps.accessed();
        return eachObject(All.ofReads(), offset, scatter.length(), group -> new ObjectRead(
                        image, state, group.object(), scatter.pieces(group))
                .start());
    }

    /** As {@link #write(long, ByteBuffer)}, of several buffers one after the other. */
    public CompletableFuture<Void> write(long offset, List<ByteBuffer> data) {
        Scatter scatter = new Scatter(data);
        return change("write", scatter.length(), () -> {
            ImageState state = image.state();
            try {
                checkCount(data);
                checkChange("writing to", offset, scatter.length());
            } catch (RadosException refused) {
                return CompletableFuture.failedFuture(refused);
            }
            return eachObject(
                    new All(),
                    offset,
                    scatter.length(),
                    group -> objects.write(state, group.object(), scatter.pieces(group)));
        });
    }

    /** Returns the commands that storage devices know beside reading and writing. */
    public BlockCommands commands() {
        return commands;
    }

    private void checkCount(List<ByteBuffer> buffers) throws RadosException {
        if (buffers.size() > MAX_BUFFERS) {
            throw new RadosException(Errno.EINVAL, buffers.size() + " buffers in one request to image " + image.spec());
        }
    }

    /** Makes all requests at once: what they carry is there already. */
    private CompletableFuture<Void> eachObject(
            All all, long offset, long length, Function<ObjectExtents.Group, CompletableFuture<Void>> request) {
        ObjectExtents extents = new ObjectExtents(image.layout(), offset, length);
        while (extents.hasNext()) {
            all.add(request.apply(extents.next()));
        }
        return all.seal();
    }

    /**
     * Gives space back, whole pieces of rbd_discard_granularity_bytes of an object only: those read as zeroes then, the
     * rest keeps its bytes. EINVAL past the image's end, EROFS for an image that is read-only.
     */
    public CompletableFuture<Void> discard(long offset, long length) {
        return change("discard", length, () -> discardNow(offset, length));
    }

    private CompletableFuture<Void> discardNow(long offset, long length) {
        try {
            checkChange("discarding a part of", offset, length);
        } catch (RadosException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        return new Sweep<>(DISCARD_WIDTH, new ObjectExtents(image.layout(), offset, length), this::discardOf).start();
    }

    /** The parts of one object follow each other without a gap. The object's end counts as a border. */
    private CompletableFuture<Void> discardOf(ObjectExtents.Group group) {
        long objectSize = image.layout().objectSize();
        long granularity = Math.max(1, Math.min(image.options().discardGranularity(), objectSize));
        long from = group.parts().get(0).offset();
        long to = group.parts().get(group.parts().size() - 1).end();
        if (granularity < objectSize || to < objectSize) {
            from = (from + granularity - 1) / granularity * granularity;
            to = to / granularity * granularity;
        }
        return from < to ? objects.discard(group.object(), from, to - from) : CompletableFuture.completedFuture(null);
    }

    /** Adds what waits for the image's limits. */
    public void explain(Explanation.Builder all) {
        qos.explain(image.spec(), all);
    }

    /** Forgets what was read ahead. */
    public void invalidateCache() {
        ahead.drop();
    }

    /**
     * Completes when every write that was submitted before is acknowledged, which is when it is on stable storage;
     * writes that wait for the image's limits too.
     */
    public CompletableFuture<Void> flush() {
        return qos.behindChanges(() -> image.gate().flushAsync());
    }

    /** Whether {@link #closeAsync} was called. */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Refuses what comes from now on with {@link ClosedException} and waits for all that came before, also for what
     * waits for the image's limits.
     */
    public CompletableFuture<Void> closeAsync() {
        closing = true;
        ahead.drop();
        // Whoever was submitting at this moment is refused later, inside the gate, and has left it with the second
        // flush.
        return flush().thenCompose(flushed -> qos.behindReads())
                .handle((done, failed) -> {
                    closed = true;
                    return failed == null ? image.gate().flushAsync() : CompletableFuture.<Void>failedFuture(failed);
                })
                .thenCompose(done -> done);
    }

    /**
     * EROFS for an image that is read-only, with the reason.
     *
     * @param doing what is to be done to "an image", as a participle
     */
    public void checkWritable(String doing) throws RadosException {
        if (image.isReadOnly()) {
            throw new RadosException(
                    Errno.EROFS,
                    doing + " an image: " + image.whyReadOnly().orElse(image.spec() + " was opened read-only"));
        }
    }

    /** {@link #checkWritable} and EINVAL past the image's end, for who changes it now. */
    void checkChange(String doing, long offset, long length) throws RadosException {
        checkWritable(doing);
        check(doing, image.state().size(), offset, length);
        timestamps.modified();
    }

    private void check(String doing, long size, long offset, long length) throws RadosException {
        image.checkNotFenced();
        if (closed) {
            throw closed(doing);
        }
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new RadosException(
                    Errno.EINVAL,
                    doing + " image " + image.spec() + ", which has " + size + " bytes: " + length + " at " + offset);
        }
    }

    private RadosException closed(String doing) {
        return new ClosedException(doing + " image " + image.spec());
    }
}
