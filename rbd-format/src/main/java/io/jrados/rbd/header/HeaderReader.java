package io.jrados.rbd.header;

import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.HeaderCalls.Striping;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.format.MetadataCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ParentCalls;
import io.jrados.rbd.format.ParentImageSpec;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.wait.Async;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** Reads a header object as librbd does (src/librbd/image/OpenRequest.cc, src/librbd/image/RefreshRequest.cc). */
public final class HeaderReader {
    private static final int SNAPSHOTS_PER_OPERATION = 32;
    private static final int CALLS_PER_SNAPSHOT = 4;
    private static final int ATTEMPTS = 10;
    private static final String OVERRIDE = "conf_";
    private static final String BEFORE_OVERRIDES = "conf^";
    private static final int MAX_OVERRIDES = 128;
    private static final List<String> STRIPING_KEYS = List.of("stripe_unit", "stripe_count");

    /** Bytes: no image that works is larger than this exbibyte, and going through its objects would have no end. */
    public static final long MAX_SIZE = 1L << 60;

    private final Pool pool;
    private final String header;
    private final boolean readOnly;
    private final String doing;

    /** @param readOnly whether the image is opened only to be read, so that it may have more unknown features */
    public HeaderReader(Pool pool, String header, boolean readOnly, String doing) {
        this.pool = pool;
        this.header = header;
        this.readOnly = readOnly;
        this.doing = doing;
    }

    /**
     * The part of the header that never changes.
     *
     * @param dataPool id of the pool of the data objects, -1 for the header's
     */
    public record Fixed(Layout layout, String dataPrefix, long dataPool, HeaderCalls.FeatureBits features) {}

    /**
     * The part of the header that changes.
     *
     * @param parent a spec that does not exist when there is none
     * @param overrides options that the image sets
     */
    public record Mutable(
            long size,
            HeaderCalls.FeatureBits features,
            long opFeatures,
            long flags,
            SnapContext snapContext,
            List<SnapshotState> snapshots,
            ParentImageSpec parent,
            Optional<Long> overlap,
            Map<String, String> overrides) {}

    /** Reads what never changes. */
    public CompletableFuture<Fixed> fixed() {
        ReadOperation operation = new ReadOperation();
        HeaderCalls.getSize(SnapContext.HEAD).addTo(operation);
        HeaderCalls.getFeatures(SnapContext.HEAD, readOnly).addTo(operation);
        HeaderCalls.getObjectPrefix().addTo(operation);
        HeaderCalls.getDataPool().addTo(operation);
        return Async.compose(pool.operateAsync(header, operation), results -> {
            int order = HeaderCalls.getSize(SnapContext.HEAD)
                    .result(results, 0, doing)
                    .order();
            HeaderCalls.FeatureBits features =
                    HeaderCalls.getFeatures(SnapContext.HEAD, readOnly).result(results, 1, doing);
            String prefix = HeaderCalls.getObjectPrefix().result(results, 2, doing);
            long dataPool = HeaderCalls.getDataPool().result(results, 3, doing);
            checkPrefix(prefix);
            return Async.apply(layout(order, features.all()), layout -> new Fixed(layout, prefix, dataPool, features));
        });
    }

    /** By a wrong one, writing and removing would hit another image's objects. */
    private void checkPrefix(String prefix) throws RadosException {
        String id = header.substring(ObjectNames.header("").length());
        if (!prefix.matches("rbd_data\\.([0-9]+\\.)?" + Pattern.quote(id))) {
            throw new MalformedException("data prefix '" + prefix + "' of image " + id).during(doing);
        }
    }

    private void checkSize(String what, long bytes) throws RadosException {
        if (bytes < 0 || bytes > MAX_SIZE) {
            throw new MalformedException(what + " of " + Long.toUnsignedString(bytes) + " bytes").during(doing);
        }
    }

    private CompletableFuture<Layout> layout(int order, long features) {
        CompletableFuture<Striping> striping = (features & Features.STRIPINGV2) == 0
                ? CompletableFuture.completedFuture(new Striping(1L << order, 1))
                : striping();
        return Async.apply(striping, known -> {
            try {
                return new Layout(order, known.unit(), known.count());
            } catch (MalformedException impossible) {
                throw impossible.during(doing);
            }
        });
    }

    /**
     * The class makes a value up for a key that is not there, which is right only when neither is: of an unfinished
     * image.
     */
    private CompletableFuture<Striping> striping() {
        ReadOperation operation = new ReadOperation();
        HeaderCalls.getStripeUnitCount().addTo(operation);
        operation.omapValuesByKeys(STRIPING_KEYS);
        return Async.apply(pool.operateAsync(header, operation), results -> {
            if (results.omap(1).pairs().size() == 1) {
                throw new MalformedException("only one of stripe unit and stripe count").during(doing);
            }
            return HeaderCalls.getStripeUnitCount().result(results, 0, doing);
        });
    }

    /** Begins anew when a snapshot goes away in the middle. */
    public CompletableFuture<Mutable> mutable() {
        return mutable(ATTEMPTS);
    }

    private CompletableFuture<Mutable> mutable(int attempts) {
        return Async.compose(pool.operateAsync(header, mutableCalls()), results -> {
            SnapContext snapContext = SnapshotCalls.getSnapContext().result(results, 3, doing);
            return snapshots(snapContext)
                    .handle((snapshots, failed) -> failed == null
                            ? Async.apply(
                                    CompletableFuture.completedFuture(snapshots),
                                    all -> mutable(results, snapContext, all))
                            : again(attempts - 1, Async.cause(failed)))
                    .thenCompose(next -> next);
        });
    }

    private CompletableFuture<Mutable> again(int attempts, Throwable failed) {
        return attempts > 0 && Async.isAbsent(failed) ? mutable(attempts) : CompletableFuture.failedFuture(failed);
    }

    private ReadOperation mutableCalls() {
        ReadOperation operation = new ReadOperation();
        HeaderCalls.getSize(SnapContext.HEAD).addTo(operation);
        HeaderCalls.getFeatures(SnapContext.HEAD, readOnly).addTo(operation);
        HeaderCalls.getFlags(SnapContext.HEAD).addTo(operation);
        SnapshotCalls.getSnapContext().addTo(operation);
        ParentCalls.parentGet().addTo(operation);
        ParentCalls.parentOverlapGet(SnapContext.HEAD).addTo(operation);
        HeaderCalls.opFeaturesGet().addTo(operation);
        MetadataCalls.list(BEFORE_OVERRIDES, MAX_OVERRIDES).addTo(operation);
        return operation;
    }

    private Mutable mutable(ReadResult results, SnapContext snapContext, List<SnapshotState> snapshots)
            throws RadosException {
        long size =
                HeaderCalls.getSize(SnapContext.HEAD).result(results, 0, doing).size();
        Optional<Long> overlap = ParentCalls.parentOverlapGet(SnapContext.HEAD).result(results, 5, doing);
        checkSize("a head", size);
        checkSize("an overlap with the parent", overlap.orElse(0L));
        return new Mutable(
                size,
                HeaderCalls.getFeatures(SnapContext.HEAD, readOnly).result(results, 1, doing),
                HeaderCalls.opFeaturesGet().result(results, 6, doing),
                HeaderCalls.getFlags(SnapContext.HEAD).result(results, 2, doing),
                snapContext,
                snapshots,
                ParentCalls.parentGet().result(results, 4, doing),
                overlap,
                overrides(MetadataCalls.list(BEFORE_OVERRIDES, MAX_OVERRIDES).result(results, 7, doing)));
    }

    /** Options among metadata. */
    private static Map<String, String> overrides(Map<String, byte[]> metadata) {
        Map<String, String> options = new HashMap<>();
        metadata.forEach((key, value) -> {
            if (key.startsWith(OVERRIDE)) {
                options.put(key.substring(OVERRIDE.length()), new String(value, StandardCharsets.UTF_8));
            }
        });
        return options;
    }

    /** Options that a pool sets for all its images. */
    public static CompletableFuture<Map<String, String>> ofPool(Pool pool) {
        return ClassCalls.readAsync(
                        pool.inNamespace(""), ObjectNames.INFO, MetadataCalls.list(BEFORE_OVERRIDES, MAX_OVERRIDES))
                .thenApply(HeaderReader::overrides)
                .exceptionallyCompose(failed -> Async.isAbsent(Async.cause(failed))
                        ? CompletableFuture.completedFuture(Map.of())
                        : CompletableFuture.failedFuture(failed));
    }

    /** Oldest first. */
    private CompletableFuture<List<SnapshotState>> snapshots(SnapContext snapContext) {
        long[] newestFirst = snapContext.snaps();
        CompletableFuture<List<SnapshotState>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (int end = newestFirst.length; end > 0; end -= SNAPSHOTS_PER_OPERATION) {
            int from = Math.max(0, end - SNAPSHOTS_PER_OPERATION);
            int count = end - from;
            long[] ids = new long[count];
            for (int i = 0; i < count; i++) {
                ids[i] = newestFirst[end - 1 - i];
            }
            all = all.thenCombine(snapshots(ids), (before, these) -> {
                before.addAll(these);
                return before;
            });
        }
        return all;
    }

    private CompletableFuture<List<SnapshotState>> snapshots(long[] ids) {
        ReadOperation operation = new ReadOperation();
        for (long id : ids) {
            SnapshotCalls.get(id).addTo(operation);
            SnapshotCalls.getProtectionStatus(id).addTo(operation);
            HeaderCalls.getFlags(id).addTo(operation);
            ParentCalls.parentOverlapGet(id).addTo(operation);
        }
        return Async.apply(pool.operateAsync(header, operation), results -> {
            List<SnapshotState> states = new ArrayList<>(ids.length);
            for (int i = 0; i < ids.length; i++) {
                int at = i * CALLS_PER_SNAPSHOT;
                states.add(checked(
                        ids[i],
                        new SnapshotState(
                                SnapshotCalls.get(ids[i]).result(results, at, doing),
                                SnapshotCalls.getProtectionStatus(ids[i]).result(results, at + 1, doing),
                                HeaderCalls.getFlags(ids[i]).result(results, at + 2, doing),
                                ParentCalls.parentOverlapGet(ids[i]).result(results, at + 3, doing))));
            }
            return states;
        });
    }

    private SnapshotState checked(long id, SnapshotState snapshot) throws RadosException {
        if (snapshot.id() != id) {
            throw new MalformedException("snapshot " + id + " that says to be " + snapshot.id()).during(doing);
        }
        checkSize("snapshot " + id, snapshot.size());
        checkSize("an overlap of snapshot " + id + " with the parent", snapshot.overlap());
        return snapshot;
    }
}
