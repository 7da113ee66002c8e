package io.jrados.rbd.io;

import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SparseData;
import io.jrados.rbd.format.Intervals;
import io.jrados.rbd.format.Layout.Range;
import io.jrados.rbd.model.ExtentReader;
import io.jrados.rbd.wait.All;
import io.jrados.rbd.wait.Async;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lends what is stored of a range of an image, its parents' part too: neither copied nor filled up with zeroes. A
 * client lends only so much at a time, so the objects of a large range are not all asked for at once.
 */
public final class StoredExtents {
    /** Objects that are being read or lent; more than a client lends at a time, where they are not small. */
    private static final int AT_ONCE = 64;

    private final ImageView image;
    private final ImageState state;
    private final ExtentReader reader;

    /** @param reader told of each stored extent, which it borrows */
    public StoredExtents(ImageView image, ImageState state, ExtentReader reader) {
        this.image = image;
        this.state = state;
        this.reader = reader;
    }

    /** Completes when the reader is done with all of it. */
    public CompletableFuture<Void> read(long offset, long length) {
        Walk walk = new Walk(offset, length);
        walk.more(AT_ONCE);
        return walk.all;
    }

    /** Reads the next object when one is given back; after a failure, or once nobody waits any more, none. */
    private final class Walk {
        private final All all = All.ofReads();
        private final long offset;
        private final ObjectExtents groups;
        /** The number that may still be read; who makes it more than none reads them, for all others. */
        private final AtomicInteger room = new AtomicInteger();

        private volatile boolean failed;
        private boolean sealed;

        Walk(long offset, long length) {
            this.offset = offset;
            this.groups = new ObjectExtents(image.layout(), offset, length);
        }

        void more(int objects) {
            if (room.getAndAdd(objects) == 0) {
                do {
                    next();
                } while (room.decrementAndGet() != 0);
            }
        }

        private void next() {
            if (sealed) {
                return;
            }
            if (failed || all.isDone() || !groups.hasNext()) {
                sealed = true;
                all.seal();
                return;
            }
            CompletableFuture<Void> one;
            try {
                one = read(groups.next(), offset);
            } catch (RuntimeException | Error broken) {
                one = CompletableFuture.failedFuture(broken);
            }
            all.add(one);
            one.whenComplete((read, failure) -> {
                if (failure != null) {
                    failed = true;
                }
                more(1);
            });
        }
    }

    private CompletableFuture<Void> read(ObjectExtents.Group group, long offset) {
        image.settleWrites(group.object());
        ObjectMap map = image.mapOfOwnerOrNull();
        if (map != null && map.isAbsent(group.object())) {
            return readParent(group, offset);
        }
        ReadOperation operation = new ReadOperation();
        for (ObjectExtents.Part part : group.parts()) {
            long shift = offset + part.at() - part.offset();
            operation.sparseRead(part.offset(), (int) part.length(), (extents, bytes) -> lend(shift, extents, bytes));
        }
        return image.readPool()
                .operateAsync(image.dataObject(group.object()), operation, image.snapId())
                .handle((result, failed) -> {
                    if (failed == null) {
                        return allOf(result, group.parts().size());
                    }
                    return Async.isAbsent(Async.cause(failed))
                            ? image.confirmSnapshotAsync().thenCompose(there -> readParent(group, offset))
                            : CompletableFuture.<Void>failedFuture(Async.cause(failed));
                })
                .thenCompose(read -> read);
    }

    private static CompletableFuture<Void> allOf(ReadResult result, int parts) {
        All all = All.ofReads();
        for (int i = 0; i < parts; i++) {
            all.add(result.borrowed(i));
        }
        return all.seal();
    }

    private CompletableFuture<Void> lend(long shift, List<SparseData.Extent> extents, ByteBuffer bytes) {
        All all = All.ofReads();
        int at = 0;
        for (SparseData.Extent extent : extents) {
            int length = (int) extent.length();
            all.add(reader.read(shift + extent.offset(), bytes.slice(at, length)));
            at += length;
        }
        return all.seal();
    }

    private CompletableFuture<Void> readParent(ObjectExtents.Group group, long offset) {
        Optional<ImageView> parent = state.parent().flatMap(ParentState::image);
        if (parent.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        long overlap;
        try {
            overlap = ParentReads.shown(parent.get(), state.overlapAt(image.snapId()));
        } catch (RadosException gone) {
            return CompletableFuture.failedFuture(gone);
        }
        Intervals wanted = new Intervals();
        group.parts().forEach(part -> wanted.add(offset + part.at(), offset + part.at() + part.length()));
        StoredExtents ofParent = new StoredExtents(parent.get(), parent.get().state(), reader);
        All all = All.ofReads();
        for (Range range : wanted.within(0, overlap).ranges()) {
            all.add(ofParent.read(range.offset(), range.length()));
        }
        return all.seal();
    }
}
