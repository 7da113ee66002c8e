package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.diff.ImageDifference;
import io.jrados.rbd.diff.MapDifference;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.io.ImageState;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.Progress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Tells where an image may differ from a snapshot of it (src/librbd/api/DiffIterate.cc), a set of objects after the
 * other and in ascending order: of {@code rbd_concurrent_management_ops} sets the OSDs are asked ahead.
 */
public final class DiffImage {
    private final ImageContext image;
    private final DiffOptions options;
    private final Progress progress;
    private final String doing;

    /** @param progress in bytes */
    public DiffImage(ImageContext image, DiffOptions options, Progress progress) {
        this.image = image;
        this.options = options;
        this.progress = progress;
        this.doing = "looking for differences of " + image.spec();
    }

    /**
     * @throws RadosException ENOENT without the earlier snapshot, or if a snapshot is removed before the end, EINVAL if
     *     it is newer than what is open or the range begins past the end, ECANCELED
     */
    public void run(Consumer<DiffExtent> each) throws RadosException {
        image.refresh(); // and with it all writes so far are there to be seen
        ImageState state = image.state();
        long size = state.sizeAt(image.snapId());
        if (options.offset() > size) {
            throw new RadosException(
                    Errno.EINVAL, doing + " from " + options.offset() + " on: it has " + size + " bytes");
        }
        long from = from(state);
        if (from != 0 && Long.compareUnsigned(from, image.snapId()) > 0) {
            throw new RadosException(Errno.EINVAL, doing + ": snapshot " + from + " is newer than what is open");
        }
        long length = Math.min(options.length(), size - options.offset());
        if (from != image.snapId() && length > 0) {
            run(image, from, options.offset(), length, each);
            // Of a snapshot that went meanwhile, OSDs and maps have told as of one without data.
            image.confirmSnapshot(image.snapId());
            if (from != 0) {
                image.confirmSnapshot(from);
            }
        }
    }

    private long from(ImageState state) throws RadosException {
        if (options.fromSnapshot().isEmpty() && options.fromSnapshotId().isEmpty()) {
            return 0;
        }
        Optional<SnapshotState> found = options.fromSnapshot().isPresent()
                ? state.snapshot(options.fromSnapshot().get())
                : state.snapshot(options.fromSnapshotId().getAsLong());
        return found.orElseThrow(() -> RadosException.of(
                        Errno.ENOENT,
                        doing + " since snapshot "
                                + options.fromSnapshot()
                                        .orElseGet(() -> String.valueOf(
                                                options.fromSnapshotId().getAsLong()))))
                .id();
    }

    private void run(ImageContext of, long from, long offset, long length, Consumer<DiffExtent> each)
            throws RadosException {
        Optional<MapDifference> maps =
                options.wholeObjects() ? MapDifference.read(of, from, offset, length) : Optional.empty();
        if (maps.isEmpty()) {
            askObjects(of, from, offset, length, each);
            return;
        }
        if (options.includeParent() && from == 0 && of.parent().isPresent()) {
            long shared = Math.min(of.state().overlapAt(of.snapId()), offset + length) - offset;
            if (shared > 0) {
                of.parent().get().refresh(); // nobody has told whether its map was found wrong since it was opened
                run(of.parent().get(), 0, offset, shared, maps.get()::parentHas);
            }
        }
        for (long at = offset; at < offset + length; ) {
            at = maps.get().next(at, offset + length);
            long part = part(of, at, offset + length);
            maps.get().range(at, part).forEach(each);
            at += part;
            report(of, at - offset, length);
        }
    }

    private void askObjects(ImageContext of, long from, long offset, long length, Consumer<DiffExtent> each)
            throws RadosException {
        int width = (int) Math.max(
                1, ConfigOverrides.of(image.pool(), image.id()).effective().integer("rbd_concurrent_management_ops"));
        ImageDifference difference =
                new ImageDifference(of, from, options.includeParent(), options.wholeObjects(), width);
        ArrayDeque<CompletableFuture<List<DiffExtent>>> ahead = new ArrayDeque<>();
        ArrayDeque<Long> parts = new ArrayDeque<>();
        long told = 0;
        long at = offset;
        while (told < length) {
            while (ahead.size() < width && at < offset + length) {
                long part = part(of, at, offset + length);
                ahead.add(difference.rangeAsync(at, part));
                parts.add(part);
                at += part;
            }
            Wait.on(ahead.remove()).forEach(each);
            told += parts.remove();
            report(of, told, length);
        }
    }

    /** Up to the end of the set of objects. */
    private static long part(ImageContext of, long at, long end) {
        long period = of.layout().period();
        return Math.min(end - at, period - at % period);
    }

    private void report(ImageContext of, long done, long total) throws RadosException {
        if (progress.isCancelled()) {
            throw RadosException.of(Errno.ECANCELED, doing);
        }
        if (of == image) {
            progress.report(done, total);
        }
    }
}
