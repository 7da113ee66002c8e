package io.jrados.rbd.io;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.Layout;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Reads, writes, discards and flushes of an open image. Offsets and lengths are bytes; buffers keep their positions. */
public final class ImageIo {
    /** rbd_discard_granularity_bytes: smaller pieces of an object are not given back. */
    public static final long DISCARD_GRANULARITY = 64 << 10;

    /** Objects of one discard under way at a time. */
    private static final int DISCARD_WIDTH = 64;

    private final ImageContext image;
    private final DataObjects objects;
    private final long discardGranularity;
    private volatile boolean closed;

    public ImageIo(ImageContext image) {
        this.image = image;
        this.objects = image.dataObjects();
        this.discardGranularity = Math.min(DISCARD_GRANULARITY, image.layout().objectSize());
    }

    /** Fills {@code into}. EINVAL past the image's end. */
    public CompletableFuture<Void> read(long offset, ByteBuffer into) {
        return image.gate().isStale()
                ? new FreshRequest<>(image.gate(), () -> readNow(offset, into)).start()
                : readNow(offset, into);
    }

    private CompletableFuture<Void> readNow(long offset, ByteBuffer into) {
        ImageState state = image.state();
        try {
            check("reading", state.sizeAt(image.snapId()), offset, into.remaining());
        } catch (RadosException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        return into.hasRemaining()
                ? ImageReads.read(image, state, offset, into)
                : CompletableFuture.completedFuture(null);
    }

    /** EINVAL past the image's end, EROFS for an image that is read-only. */
    public CompletableFuture<Void> write(long offset, ByteBuffer data) {
        return image.inside(() -> writeNow(offset, data));
    }

    private CompletableFuture<Void> writeNow(long offset, ByteBuffer data) {
        ImageState state = image.state();
        try {
            checkWritable("writing to");
            check("writing", state.size(), offset, data.remaining());
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

    /**
     * Gives space back, whole pieces of {@link #DISCARD_GRANULARITY} of an object only: those read as zeroes then, the
     * rest keeps its bytes. EINVAL past the image's end, EROFS for an image that is read-only.
     */
    public CompletableFuture<Void> discard(long offset, long length) {
        return image.inside(() -> discardNow(offset, length));
    }

    private CompletableFuture<Void> discardNow(long offset, long length) {
        try {
            checkWritable("discarding a part of");
            check("discarding", image.state().size(), offset, length);
        } catch (RadosException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        return new Sweep<>(DISCARD_WIDTH, new ObjectExtents(image.layout(), offset, length), this::discardOf).start();
    }

    /** The parts of one object follow each other without a gap. The object's end counts as a border. */
    private CompletableFuture<Void> discardOf(ObjectExtents.Group group) {
        long objectSize = image.layout().objectSize();
        long from = group.parts().get(0).offset();
        long to = group.parts().get(group.parts().size() - 1).end();
        if (discardGranularity < objectSize || to < objectSize) {
            from = (from + discardGranularity - 1) / discardGranularity * discardGranularity;
            to = to / discardGranularity * discardGranularity;
        }
        return from < to ? objects.discard(group.object(), from, to - from) : CompletableFuture.completedFuture(null);
    }

    /** Completes when every write that was submitted before is acknowledged, which is when it is on stable storage. */
    public CompletableFuture<Void> flush() {
        return image.gate().flushAsync();
    }

    /** Refuses what comes from now on with EBADF and waits for what is under way. */
    public CompletableFuture<Void> closeAsync() {
        closed = true;
        return flush();
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

    private void check(String doing, long size, long offset, long length) throws RadosException {
        image.checkNotFenced();
        if (closed) {
            throw new RadosException(Errno.EBADF, doing + " image " + image.spec());
        }
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new RadosException(
                    Errno.EINVAL,
                    doing + " " + length + " bytes at " + offset + " of image " + image.spec() + ", which has " + size);
        }
    }
}
