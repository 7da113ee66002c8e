package io.jrados.rbd.image;

import io.jrados.conf.CephConf;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.HeaderCalls.FeatureBits;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ParentImageSpec;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.header.HeaderReader;
import io.jrados.rbd.header.IoOptions;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.io.ImageState;
import io.jrados.rbd.io.ParentState;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.wait.Async;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The header of an open image: the part that stays as it is for the image's life, and the reading of the rest, each
 * time anew, with the parent that it names.
 */
final class OpenHeader {
    /** Parents of parents are followed so far. */
    private static final int MAX_PARENTS = 64;

    private final Opening opening;
    private final HeaderReader reader;
    private final HeaderReader.Fixed fixed;
    private final Pool dataPool;
    private final Map<String, String> poolOverrides;
    private final Function<Opening, CompletableFuture<ImageContext>> opener;

    private OpenHeader(
            Opening opening,
            HeaderReader reader,
            HeaderReader.Fixed fixed,
            Pool dataPool,
            Map<String, String> poolOverrides,
            Function<Opening, CompletableFuture<ImageContext>> opener) {
        this.opening = opening;
        this.reader = reader;
        this.fixed = fixed;
        this.dataPool = dataPool;
        this.poolOverrides = poolOverrides;
        this.opener = opener;
    }

    /**
     * A header as it was read at one moment, and what follows from it.
     *
     * @param parent open at its snapshot, if what is open is linked to one
     * @param whyReadOnly a feature that this client cannot keep true, as a sentence
     * @param options that requests obey
     * @param readPool of the data objects, for reads
     */
    record Read(
            ImageState state,
            Optional<ImageContext> parent,
            Optional<String> whyReadOnly,
            IoOptions options,
            Pool readPool) {}

    /**
     * Reads the part of a header that never changes, and where the data is.
     *
     * @param opener opens parents
     */
    static CompletableFuture<OpenHeader> openAsync(
            Opening opening, Function<Opening, CompletableFuture<ImageContext>> opener) {
        HeaderReader reader = new HeaderReader(
                opening.pool(),
                ObjectNames.header(opening.id()),
                opening.readOnly(),
                "opening image " + opening.text());
        return Async.compose(reader.fixed(), fixed -> {
            refuseUnreadable(opening.text(), fixed.features());
            CompletableFuture<Map<String, String>> ofPool = HeaderReader.ofPool(opening.pool());
            return dataPool(opening.pool(), fixed.dataPool())
                    .thenCompose(dataPool -> ofPool.thenApply(
                            overrides -> new OpenHeader(opening, reader, fixed, dataPool, overrides, opener)));
        });
    }

    private static void refuseUnreadable(String image, FeatureBits features) throws RadosException {
        Optional<String> why = Features.whyNotReadable(features.incompatible(), image);
        if (why.isEmpty() && (features.all() & Features.MIGRATING) != 0) {
            why = Optional.of(
                    "part of the data of " + image + ", which is being migrated, is elsewhere: finish with 'rbd"
                            + " migration execute' and 'rbd migration commit'");
        }
        if (why.isPresent()) {
            throw new RadosException(Errno.ENOSYS, "opening an image: " + why.get());
        }
    }

    private static CompletableFuture<Pool> dataPool(Pool pool, long dataPool) {
        return dataPool < 0 || dataPool == pool.id()
                ? CompletableFuture.completedFuture(pool)
                : pool.rados().poolAsync(dataPool).thenApply(pool::viewOf);
    }

    Opening opening() {
        return opening;
    }

    Layout layout() {
        return fixed.layout();
    }

    /** Returns the prefix of the number in the names of the data objects. */
    String dataPrefix() {
        return fixed.dataPrefix();
    }

    /** The pool of the data objects, in the header's namespace. */
    Pool dataPool() {
        return dataPool;
    }

    /** Returns a state of an image of which nothing is known but its features. */
    Read unread() {
        ImageState state =
                new ImageState(0, fixed.features().all(), 0, 0, SnapContext.EMPTY, List.of(), Optional.empty());
        return new Read(state, Optional.empty(), Optional.empty(), IoOptions.of(conf()), dataPool);
    }

    /**
     * Reads all that changes.
     *
     * @param before as it was read the last time: a parent is opened once
     */
    CompletableFuture<Read> readAsync(Read before) {
        return Async.compose(reader.mutable(), read -> {
            refuseUnreadable(opening.spec(), read.features());
            return parent(read, before).thenApply(parent -> read(read, parent));
        });
    }

    private Read read(HeaderReader.Mutable read, Optional<ImageContext> parent) {
        IoOptions options = options(read.overrides());
        return new Read(
                new ImageState(
                        read.size(),
                        read.features().all(),
                        read.opFeatures(),
                        read.flags(),
                        preserved(read),
                        read.snapshots(),
                        parentState(read, parent)),
                parent,
                Features.whyNotWritable(read.features().all(), opening.spec()),
                options,
                readPool(options));
    }

    /** The snapshots of the header without those that are only waiting for the rest of their removal. */
    private static SnapContext preserved(HeaderReader.Mutable read) {
        Set<Long> waiting = read.snapshots().stream()
                .filter(snapshot -> !snapshot.isNeeded())
                .map(SnapshotState::id)
                .collect(Collectors.toSet());
        return waiting.isEmpty() ? read.snapContext() : read.snapContext().without(waiting::contains);
    }

    private static Optional<ParentState> parentState(HeaderReader.Mutable read, Optional<ImageContext> parent) {
        return Optional.of(read.parent())
                .filter(ParentImageSpec::exists)
                .map(spec -> new ParentState(spec, read.overlap(), parent.map(image -> image)));
    }

    private IoOptions options(Map<String, String> overrides) {
        return IoOptions.of(conf().withOverrides(
                        poolOverrides, "the metadata of pool " + opening.pool().name())
                .withOverrides(overrides, "the metadata of image " + opening.spec()));
    }

    private CephConf conf() {
        return opening.pool().rados().conf();
    }

    private Pool readPool(IoOptions options) {
        ReadPolicy policy = opening.depth() > 0
                ? options.parentReads()
                : opening.isHead() ? options.headReads() : options.snapshotReads();
        return policy == ReadPolicy.DEFAULT ? dataPool : dataPool.withReadPolicy(policy);
    }

    /** The parent is opened only if what is open here shares something with it, and once. */
    private CompletableFuture<Optional<ImageContext>> parent(HeaderReader.Mutable read, Read before) {
        ParentImageSpec spec = read.parent();
        if (!spec.exists() || !isLinked(read)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        boolean isKnown = before.state()
                .parent()
                .filter(known -> known.spec().equals(spec))
                .isPresent();
        return isKnown && before.parent().isPresent()
                ? CompletableFuture.completedFuture(before.parent())
                : openParent(spec).thenApply(Optional::of);
    }

    private boolean isLinked(HeaderReader.Mutable read) {
        return opening.isHead()
                ? read.overlap().isPresent()
                : read.snapshots().stream()
                        .anyMatch(snapshot -> snapshot.id() == opening.snapId() && snapshot.overlap() > 0);
    }

    private CompletableFuture<ImageContext> openParent(ParentImageSpec spec) {
        if (opening.depth() == MAX_PARENTS) {
            return CompletableFuture.failedFuture(new RadosException(
                    Errno.EMLINK,
                    "opening the parent of " + opening.spec() + ", which is number " + opening.depth()
                            + " of a chain"));
        }
        Pool pool = opening.pool();
        return pool.rados().poolAsync(spec.pool()).thenCompose(found -> {
            Pool parentPool = pool.viewOf(found).inNamespace(spec.namespace());
            return nameOf(parentPool, spec.imageId())
                    .thenCompose(
                            name -> opener.apply(opening.ofParent(parentPool, spec.imageId(), name, spec.snapId())));
        });
    }

    /** An image in the trash has no name: its id then. */
    private static CompletableFuture<String> nameOf(Pool pool, String id) {
        return ClassCalls.readAsync(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirGetName(id))
                .exceptionallyCompose(failed -> Async.isAbsent(Async.cause(failed))
                        ? CompletableFuture.completedFuture(id)
                        : CompletableFuture.failedFuture(failed));
    }
}
