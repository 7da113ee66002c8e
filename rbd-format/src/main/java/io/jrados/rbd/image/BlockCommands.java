package io.jrados.rbd.image;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.io.Change;
import io.jrados.rbd.io.DataObjects;
import io.jrados.rbd.io.ImageState;
import io.jrados.rbd.io.ObjectExtents;
import io.jrados.rbd.io.Zeroes;
import io.jrados.rbd.wait.All;
import io.jrados.rbd.wait.Sweep;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * Write zeroes, write same, compare and write (src/librbd/io/ImageRequest.cc). Offsets and lengths are bytes; buffers
 * keep their positions.
 */
public final class BlockCommands {
    private final ImageContext image;
    private final ImageIo io;
    private final DataObjects objects;

    BlockCommands(ImageContext image, ImageIo io) {
        this.image = image;
        this.io = io;
        this.objects = image.dataObjects();
    }

    /**
     * Repeats a pattern over a range. EINVAL past the image's end, or if the length is not a multiple of the pattern's;
     * EROFS for an image that is read-only.
     */
    public CompletableFuture<Void> writeSame(long offset, long length, ByteBuffer pattern) {
        ByteBuffer borrowed = pattern.slice();
        return io.change("write_same", length, () -> {
            try {
                io.checkChange("writing to", offset, length);
                if (!borrowed.hasRemaining() || length % borrowed.remaining() != 0) {
                    throw new RadosException(
                            Errno.EINVAL,
                            "repeating a pattern of " + borrowed.remaining() + " bytes over " + length + " of image "
                                    + image.spec());
                }
            } catch (RadosException refused) {
                return CompletableFuture.failedFuture(refused);
            }
            return image.options().zeroedWriteSameDiscards() && Zeroes.isZero(borrowed)
                    ? zero(offset, length)
                    : repeat(offset, length, borrowed);
        });
    }

    private CompletableFuture<Void> repeat(long offset, long length, ByteBuffer pattern) {
        ImageState state = image.state();
        return new Sweep<>(ImageIo.DISCARD_WIDTH, new ObjectExtents(image.layout(), offset, length), group -> {
                    All all = new All();
                    for (ObjectExtents.Part part : group.parts()) {
                        Change same = new Change.Same(
                                part.offset(), part.length(), rotated(pattern, part.at() % pattern.remaining()));
                        all.add(objects.change(state, group.object(), same));
                    }
                    return all.seal();
                })
                .start();
    }

    /** The pattern as it is seen by one who begins in its middle. */
    private static ByteBuffer rotated(ByteBuffer pattern, long by) {
        if (by == 0) {
            return pattern;
        }
        ByteBuffer rotated = ByteBuffer.allocate(pattern.remaining());
        rotated.put(pattern.slice((int) by, pattern.remaining() - (int) by));
        rotated.put(pattern.slice(0, (int) by));
        return rotated.flip();
    }

    /**
     * Makes a range zero, all of it and nothing else. EINVAL past the image's end, EROFS for an image that is
     * read-only.
     *
     * @param thick whether zeroes are really written, so that the space is there for later writes
     */
    public CompletableFuture<Void> writeZeroes(long offset, long length, boolean thick) {
        return io.change("write_same", length, () -> {
            try {
                io.checkChange("writing zeroes to", offset, length);
            } catch (RadosException refused) {
                return CompletableFuture.failedFuture(refused);
            }
            return thick ? repeat(offset, length, Zeroes.block()) : zero(offset, length);
        });
    }

    private CompletableFuture<Void> zero(long offset, long length) {
        return new Sweep<>(ImageIo.DISCARD_WIDTH, new ObjectExtents(image.layout(), offset, length), group -> {
                    long from = group.parts().get(0).offset();
                    long to = group.parts().get(group.parts().size() - 1).end();
                    return objects.discard(group.object(), from, to - from);
                })
                .start();
    }

    /**
     * Writes if the image has the expected bytes, in one step. Fails with {@link io.jrados.error.MismatchException}
     * (EILSEQ) that says which byte differs, from {@code offset} on; EINVAL past the image's end, for lengths that
     * differ, or for a range that does not lie within one stripe unit of one object; EROFS for an image that is
     * read-only.
     */
    public CompletableFuture<Void> compareAndWrite(long offset, ByteBuffer expected, ByteBuffer data) {
        ByteBuffer compared = expected.slice();
        ByteBuffer written = data.slice();
        return io.change("compare_and_write", written.remaining(), () -> {
            Layout.Extent extent;
            try {
                io.checkChange("comparing and writing to", offset, written.remaining());
                if (!written.hasRemaining() || compared.remaining() != written.remaining()) {
                    throw notComparable(compared.remaining(), written.remaining(), offset);
                }
                extent = image.layout().extentAt(offset, written.remaining());
                if (extent.length() < written.remaining()) {
                    throw notComparable(compared.remaining(), written.remaining(), offset);
                }
            } catch (RadosException refused) {
                return CompletableFuture.failedFuture(refused);
            }
            return objects.compareAndWrite(
                    image.state(), extent.object(), new Change.CompareAndWrite(extent.offset(), compared, written));
        });
    }

    private RadosException notComparable(int compared, int written, long offset) {
        return new RadosException(
                Errno.EINVAL,
                "comparing " + compared + " bytes at " + offset + " of image " + image.spec() + " and writing "
                        + written);
    }
}
