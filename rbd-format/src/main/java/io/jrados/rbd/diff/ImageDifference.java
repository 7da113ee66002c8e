package io.jrados.rbd.diff;

import io.jrados.error.RadosException;
import io.jrados.rbd.format.Intervals;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.format.Layout.Range;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.io.ObjectExtents;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.wait.Sweep;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The possible differences in ranges of an image between a snapshot and what is open: from the objects' own states, or
 * by object maps where they tell enough (src/librbd/api/DiffIterate.cc).
 */
public final class ImageDifference {
    private final ImageContext image;
    private final long from;
    private final boolean includeParent;
    private final boolean wholeObjects;
    private final int width;
    private final ObjectSnapshots snapshots;
    private final Layout layout;

    /**
     * @param from the earlier snapshot, older than what is open; 0 for a time without any data
     * @param includeParent whether the parent's data counts where the image has none of its own; only from 0 on
     * @param wholeObjects whether any change makes the whole object differ
     * @param width objects of a range that are asked at a time
     */
    public ImageDifference(ImageContext image, long from, boolean includeParent, boolean wholeObjects, int width) {
        this.image = image;
        this.from = from;
        this.includeParent = includeParent && from == 0;
        this.wholeObjects = wholeObjects;
        this.width = width;
        this.snapshots = new ObjectSnapshots(image);
        this.layout = image.layout();
    }

    /**
     * Returns the differences of a range, by asking the OSDs for each object; ascending. The range should not be longer
     * than a set of objects.
     */
    public CompletableFuture<List<DiffExtent>> rangeAsync(long offset, long length) {
        return differencesAsync(offset, length).thenApply(Differences::extents);
    }

    private CompletableFuture<Differences> differencesAsync(long offset, long length) {
        Differences found = new Differences();
        ReentrantLock lock = new ReentrantLock();
        Iterator<ObjectExtents.Group> groups = new ObjectExtents(layout, offset, length);
        return new Sweep<>(width, groups, group -> object(group, offset).thenAccept(part -> {
                    lock.lock();
                    try {
                        found.data().addAll(part.data());
                        found.zeroes().addAll(part.zeroes());
                    } finally {
                        lock.unlock();
                    }
                }))
                .start()
                .thenApply(done -> found);
    }

    private CompletableFuture<Differences> object(ObjectExtents.Group group, long offset) {
        return snapshots.listAsync(group.object()).thenCompose(states -> {
            Intervals asked = new Intervals();
            group.parts().forEach(part -> asked.add(part.offset(), part.end()));
            Differences found = states.map(some -> new ObjectDifference(some, layout.objectSize(), wholeObjects)
                            .between(from, image.snapId(), asked))
                    .orElseGet(Differences::new);
            // An object without data, as a discarded one of a clone, is told of as the parent's: librbd does so.
            return found.isEmpty() && includeParent
                    ? ofParent(group, offset)
                    : CompletableFuture.completedFuture(inImage(group.object(), found));
        });
    }

    private Differences inImage(long object, Differences inObject) {
        return new Differences(inImage(object, inObject.data()), inImage(object, inObject.zeroes()));
    }

    private Intervals inImage(long object, Intervals inObject) {
        Intervals there = new Intervals();
        for (Range range : inObject.ranges()) {
            layout.ranges(object, range.offset(), range.length()).forEach(it -> there.add(it.offset(), it.end()));
        }
        return there;
    }

    private CompletableFuture<Differences> ofParent(ObjectExtents.Group group, long offset) {
        Differences found = new Differences();
        long overlap;
        try {
            overlap = image.parent().isEmpty() ? 0 : image.state().overlapAt(image.snapId());
        } catch (RadosException gone) {
            return CompletableFuture.failedFuture(gone);
        }
        if (overlap == 0) {
            return CompletableFuture.completedFuture(found);
        }
        ImageDifference parent = new ImageDifference(image.parent().get(), 0, true, wholeObjects, width);
        Intervals shared = new Intervals();
        group.parts().forEach(part -> shared.add(offset + part.at(), offset + part.at() + part.length()));
        return new Sweep<>(1, shared.within(0, overlap).ranges().iterator(), range -> parent.differencesAsync(
                                range.offset(), range.length())
                        .thenAccept(part -> found.data().addAll(part.data())))
                .start()
                .thenApply(done -> found);
    }
}
