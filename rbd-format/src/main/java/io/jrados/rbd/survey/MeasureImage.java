package io.jrados.rbd.survey;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.diff.MapDifference;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.DiskUsage;
import io.jrados.rbd.model.DiskUsageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.ops.DiffImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Adds up the room that an image takes from each of its snapshots to the next (do_disk_usage in
 * src/tools/rbd/action/DiskUsage.cc). Where object maps tell it, they are all that is read: what is counted are bits of
 * them, so that an image of many terabytes costs a moment.
 */
public final class MeasureImage {
    private final Pool pool;
    private final String id;
    private final String name;
    private final DiskUsageOptions options;
    private final Progress progress;
    private final String doing;
    private long done;
    private long total;

    /** A state of the image; without a snapshot its head. */
    private record Moment(Optional<SnapshotState> snapshot, long size) {
        long snapId() {
            return snapshot.map(SnapshotState::id).orElse(SnapContext.HEAD);
        }
    }

    private record Row(Optional<String> snapshot, OptionalLong snapshotId, long provisionedBytes, long usedBytes)
            implements DiskUsage {}

    /**
     * @param name for messages
     * @param progress in bytes of all states together
     */
    public MeasureImage(Pool pool, String id, String name, DiskUsageOptions options, Progress progress) {
        this.pool = pool;
        this.id = id;
        this.name = name;
        this.options = options;
        this.progress = progress;
        this.doing = "adding up what image " + pool + "/" + name + " takes";
    }

    /** Returns the bytes of all objects of the head, by whole objects and without the parent's. */
    static long ofHead(Pool pool, String id, String name) throws RadosException {
        MeasureImage measure = new MeasureImage(pool, id, name, DiskUsageOptions.ALL, Progress.NONE);
        ImageContext head = measure.open(SnapContext.HEAD);
        return measure.used(head, 0, new Moment(Optional.empty(), head.state().size()));
    }

    /**
     * Returns a row for each state, oldest first; none from a snapshot to itself.
     *
     * @throws RadosException ENOENT without one of the snapshots, or once one is removed on the way, EINVAL if the
     *     first is the newer, ECANCELED
     */
    public List<DiskUsage> run() throws RadosException {
        ImageContext head = open(SnapContext.HEAD);
        List<SnapshotState> snapshots =
                head.state().snapshots().stream().filter(SnapshotState::isUsers).toList();
        long from = options.fromSnapshot().isPresent()
                ? find(snapshots, options.fromSnapshot().get())
                : 0;
        long end = options.untilSnapshot().isPresent()
                ? find(snapshots, options.untilSnapshot().get())
                : SnapContext.HEAD;
        if (Long.compareUnsigned(from, end) > 0) {
            throw new RadosException(
                    Errno.EINVAL,
                    doing + ": snapshot " + options.fromSnapshot().orElseThrow() + " is newer than "
                            + options.untilSnapshot().orElseThrow());
        }
        List<Moment> moments = moments(head, snapshots, from, end);
        total = moments.stream().mapToLong(Moment::size).sum();
        List<DiskUsage> rows = new ArrayList<>();
        long before = from;
        for (Moment moment : moments) {
            rows.add(row(moment, used(head, before, moment)));
            done += moment.size();
            progress.report(done, total);
            before = moment.snapId();
        }
        return options.isMerged() ? merged(rows, moments) : rows;
    }

    private static List<Moment> moments(ImageContext head, List<SnapshotState> snapshots, long from, long end) {
        List<Moment> moments = new ArrayList<>();
        for (SnapshotState snapshot : snapshots) {
            if (Long.compareUnsigned(snapshot.id(), from) > 0 && Long.compareUnsigned(snapshot.id(), end) <= 0) {
                moments.add(new Moment(Optional.of(snapshot), snapshot.size()));
            }
        }
        if (end == SnapContext.HEAD) {
            moments.add(new Moment(Optional.empty(), head.state().size()));
        }
        return moments;
    }

    private static DiskUsage row(Moment moment, long used) {
        return new Row(
                moment.snapshot().map(SnapshotState::name),
                moment.snapshot().map(SnapshotState::id).map(OptionalLong::of).orElse(OptionalLong.empty()),
                moment.size(),
                used);
    }

    private static List<DiskUsage> merged(List<DiskUsage> rows, List<Moment> moments) {
        return rows.isEmpty()
                ? rows
                : List.of(row(
                        moments.get(moments.size() - 1),
                        rows.stream().mapToLong(DiskUsage::usedBytes).sum()));
    }

    private ImageContext open(long snapId) throws RadosException {
        return Wait.on(ImageContext.openAsync(pool, id, name, snapId, true));
    }

    private long find(List<SnapshotState> snapshots, String wanted) throws RadosException {
        return snapshots.stream()
                .filter(snapshot -> snapshot.name().equals(wanted))
                .map(SnapshotState::id)
                .findFirst()
                .orElseThrow(() -> new NotFoundException(doing + ": it has no snapshot " + wanted, null));
    }

    private long used(ImageContext head, long from, Moment end) throws RadosException {
        if (progress.isCancelled()) {
            throw RadosException.of(Errno.ECANCELED, doing + ", after " + done + " of " + total + " bytes");
        }
        if (end.size() == 0) {
            return 0;
        }
        if (!options.isExact() && !(options.includeParent() && from == 0)) {
            if (end.snapshot().isEmpty() && from != 0) {
                // a snapshot made meanwhile has taken the marks of changes out of the head's map
                head.refresh();
            }
            Optional<MapDifference> maps = MapDifference.read(head, from, end.snapId(), 0, end.size());
            if (maps.isPresent()) {
                return maps.get().dataBytes(end.size());
            }
        }
        return added(end.snapshot().isPresent() ? open(end.snapId()) : head, from, end);
    }

    private long added(ImageContext image, long from, Moment end) throws RadosException {
        DiffOptions asked = DiffOptions.ALL.within(0, end.size());
        asked = from == 0 ? asked : asked.since(from);
        asked = options.includeParent() ? asked : asked.withoutParent();
        asked = options.isExact() ? asked : asked.byObject();
        AtomicLong used = new AtomicLong();
        new DiffImage(image, asked, ofAll()).run(extent -> used.addAndGet(extent.exists() ? extent.length() : 0));
        return used.get();
    }

    /** Progress of one state as that of all. */
    private Progress ofAll() {
        return new Progress() {
            @Override
            public void report(long bytes, long of) {
                progress.report(done + bytes, total);
            }

            @Override
            public boolean isCancelled() {
                return progress.isCancelled();
            }
        };
    }
}
