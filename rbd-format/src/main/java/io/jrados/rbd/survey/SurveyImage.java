package io.jrados.rbd.survey;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.ObjectMapCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.format.ParentCalls;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.LinkedImage;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.wait.Async;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for what one image is, without opening it: one operation for the header, one for its snapshots, one for the
 * snapshot that it was cloned from and one for its object map, each only if there is such a thing.
 */
final class SurveyImage {
    private static final Logger LOG = LoggerFactory.getLogger(SurveyImage.class);
    private static final Set<Errno> UNUSABLE = Set.of(Errno.ENOENT, Errno.EINVAL, Errno.EBADMSG);

    /** Snapshots whose parts are asked for in one operation. */
    private static final int SNAPSHOTS_AT_ONCE = 1024;

    private static final int CALLS_PER_SNAPSHOT = 4;

    /** A snapshot may be removed between two operations, but not each time. */
    private static final int ATTEMPTS = 5;

    private final Pool pool;
    private final String name;
    private final String id;
    private final boolean usage;
    private final ImageNames names;
    private final String doing;

    /** An image by its names and ids. */
    private record Linked(ImageSpec spec, String id, long poolId, boolean isInTrash) implements LinkedImage {}

    /** The properties that {@code rbd info} prints. */
    private record Info(
            String name,
            String id,
            long size,
            int order,
            long objectCount,
            String dataPrefix,
            OptionalLong dataPoolId,
            long features,
            long flags,
            long stripeUnit,
            long stripeCount,
            int snapshotCount,
            Optional<ImageSpec> parent,
            Optional<String> parentId,
            long overlap)
            implements ImageInfo {}

    /** @param usage whether the object map is read */
    SurveyImage(Pool pool, String name, String id, boolean usage, ImageNames names) {
        this.pool = pool;
        this.name = name;
        this.id = id;
        this.usage = usage;
        this.names = names;
        this.doing = "describing image " + pool + "/" + name;
    }

    /** Never fails: the failure is told of as what was found. */
    CompletableFuture<FoundImage> start() {
        return details(ATTEMPTS)
                .thenApply(details -> FoundImage.of(name, id, details))
                .exceptionally(failed -> FoundImage.failed(name, id, known(Async.cause(failed))));
    }

    private RadosException known(Throwable failed) {
        return failed instanceof RadosException known ? known : RadosException.of(Errno.EIO, doing, failed);
    }

    private CompletableFuture<FoundImage.Details> details(int attempts) {
        return Async.compose(pool.operateAsync(ObjectNames.header(id), HeaderFacts.question()), results -> {
            HeaderFacts facts = HeaderFacts.of(results, doing);
            return details(facts)
                    .exceptionallyCompose(failed -> attempts > 1 && Async.isAbsent(Async.cause(failed))
                            ? details(attempts - 1)
                            : CompletableFuture.failedFuture(failed));
        });
    }

    private CompletableFuture<FoundImage.Details> details(HeaderFacts facts) {
        CompletableFuture<List<SnapshotInfo>> snapshots =
                snapshots(facts.snapContext().snaps(), 0, new ArrayList<>());
        CompletableFuture<Optional<LinkedImage>> parent = parent(facts);
        CompletableFuture<OptionalLong> used = used(facts);
        return snapshots.thenCompose(all -> parent.thenCompose(linked -> used.thenApply(bytes -> new FoundImage.Details(
                info(facts, all.size(), linked), facts.times(), List.copyOf(all), linked, facts.watchers(), bytes))));
    }

    /** Oldest first. */
    private CompletableFuture<List<SnapshotInfo>> snapshots(long[] newestFirst, int known, List<SnapshotInfo> all) {
        if (known == newestFirst.length) {
            return CompletableFuture.completedFuture(all);
        }
        int count = Math.min(SNAPSHOTS_AT_ONCE, newestFirst.length - known);
        ReadOperation operation = new ReadOperation();
        for (int i = 0; i < count; i++) {
            long snapshot = newestFirst[newestFirst.length - 1 - known - i];
            SnapshotCalls.get(snapshot).addTo(operation);
            SnapshotCalls.getProtectionStatus(snapshot).addTo(operation);
            HeaderCalls.getFlags(snapshot).addTo(operation);
            ParentCalls.parentOverlapGet(snapshot).addTo(operation);
        }
        return Async.compose(pool.operateAsync(ObjectNames.header(id), operation), results -> {
            for (int i = 0; i < count; i++) {
                long snapshot = newestFirst[newestFirst.length - 1 - known - i];
                int at = i * CALLS_PER_SNAPSHOT;
                all.add(new SnapshotState(
                                SnapshotCalls.get(snapshot).result(results, at, doing),
                                SnapshotCalls.getProtectionStatus(snapshot).result(results, at + 1, doing),
                                HeaderCalls.getFlags(snapshot).result(results, at + 2, doing),
                                ParentCalls.parentOverlapGet(snapshot).result(results, at + 3, doing))
                        .info());
            }
            return snapshots(newestFirst, known + count, all);
        });
    }

    /** A parent that is gone altogether, its pool perhaps, is told of by its ids. */
    private CompletableFuture<Optional<LinkedImage>> parent(HeaderFacts facts) {
        if (!facts.isLinked()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return pool.rados()
                .poolAsync(facts.parent().pool())
                .thenCompose(found ->
                        parent(pool.viewOf(found).inNamespace(facts.parent().namespace()), facts))
                .thenApply(Optional::of)
                .exceptionallyCompose(failed -> Async.isAbsent(Async.cause(failed))
                        ? CompletableFuture.completedFuture(Optional.of(withoutPool(facts)))
                        : CompletableFuture.failedFuture(failed));
    }

    private CompletableFuture<LinkedImage> parent(Pool there, HeaderFacts facts) {
        String parentId = facts.parent().imageId();
        CompletableFuture<Optional<String>> ofSnapshot = ClassCalls.readAsync(
                        there,
                        ObjectNames.header(parentId),
                        SnapshotCalls.get(facts.parent().snapId()))
                .thenApply(record -> Optional.of(record.name()))
                .exceptionallyCompose(failed -> Async.isAbsent(Async.cause(failed))
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : CompletableFuture.failedFuture(failed));
        return names.find(there, parentId).thenCombine(ofSnapshot, (image, snapshotName) -> {
            String text = image.map(ImageNames.Name::text).orElse(parentId);
            ImageSpec spec = new ImageSpec(there.name(), there.namespace(), text, snapshotName);
            boolean isInTrash = image.map(ImageNames.Name::isInTrash).orElse(false);
            return new Linked(spec, parentId, there.id(), isInTrash);
        });
    }

    private static LinkedImage withoutPool(HeaderFacts facts) {
        long gone = facts.parent().pool();
        String parentId = facts.parent().imageId();
        ImageSpec spec = ImageSpec.of(Long.toString(gone), parentId)
                .inNamespace(facts.parent().namespace());
        return new Linked(spec, parentId, gone, false);
    }

    /** A map that cannot be used tells nothing, and is no failure. */
    private CompletableFuture<OptionalLong> used(HeaderFacts facts) {
        if (!usage || !facts.hasValidMap()) {
            return CompletableFuture.completedFuture(OptionalLong.empty());
        }
        return ClassCalls.readAsync(pool, ObjectNames.objectMap(id), ObjectMapCalls.load())
                .thenApply(map -> used(facts, map))
                .exceptionallyCompose(failed -> {
                    Throwable cause = Async.cause(failed);
                    if (!(cause instanceof RadosException known) || !UNUSABLE.contains(known.errno())) {
                        return CompletableFuture.failedFuture(failed);
                    }
                    LOG.debug("{}: its object map tells nothing: {}", doing, cause.getMessage());
                    return CompletableFuture.completedFuture(OptionalLong.empty());
                });
    }

    private static OptionalLong used(HeaderFacts facts, BitVector map) {
        long objects = facts.layout().objectCount(facts.size());
        if (map.size() < objects) {
            return OptionalLong.empty();
        }
        long whole = facts.size() / facts.layout().period() * facts.layout().stripeCount();
        long wholeObjects = 0;
        long bytes = 0;
        for (long object = 0; object < objects; object++) {
            if (map.get(object) == ObjectState.NONEXISTENT) {
                continue;
            }
            if (object < whole) {
                wholeObjects++;
            } else {
                bytes += facts.layout().lengthBelow(object, facts.size());
            }
        }
        return OptionalLong.of(bytes + (wholeObjects << facts.layout().order()));
    }

    /** A parent in the trash has no name: its id then, as of an open image. */
    private static ImageSpec spec(LinkedImage parent) {
        ImageSpec named = parent.spec();
        return parent.isInTrash()
                ? new ImageSpec(named.pool(), named.namespace(), parent.id(), named.snapshot())
                : named;
    }

    private Info info(HeaderFacts facts, int snapshots, Optional<LinkedImage> parent) {
        boolean ownPool = facts.dataPool() < 0 || facts.dataPool() == pool.id();
        return new Info(
                name,
                id,
                facts.size(),
                facts.layout().order(),
                facts.layout().objectCount(facts.size()),
                facts.dataPrefix(),
                ownPool ? OptionalLong.empty() : OptionalLong.of(facts.dataPool()),
                facts.features(),
                facts.flags(),
                facts.layout().stripeUnit(),
                facts.layout().stripeCount(),
                snapshots,
                parent.map(SurveyImage::spec),
                parent.map(LinkedImage::id),
                facts.isLinked() ? facts.overlap().orElse(0L) : 0);
    }
}
