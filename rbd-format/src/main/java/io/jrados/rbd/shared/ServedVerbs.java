package io.jrados.rbd.shared;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.NotifyOp;
import io.jrados.rbd.lock.Verbs;
import io.jrados.rbd.model.Names;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotQuiesce;
import io.jrados.rbd.ops.CreateSnapshot;
import io.jrados.rbd.ops.FlattenImage;
import io.jrados.rbd.ops.ImageMetadata;
import io.jrados.rbd.ops.OtherImages;
import io.jrados.rbd.ops.ProtectSnapshot;
import io.jrados.rbd.ops.RebuildObjectMap;
import io.jrados.rbd.ops.RemoveSnapshot;
import io.jrados.rbd.ops.RenameImage;
import io.jrados.rbd.ops.RenameSnapshot;
import io.jrados.rbd.ops.ResizeImage;
import io.jrados.rbd.ops.UnprotectSnapshot;
import io.jrados.rbd.ops.UpdateFeatures;
import io.jrados.rbd.verb.VerbExecutor;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * The verbs that the lock's owner does for the other clients: the same as it does for itself. One table says which
 * there are: the operation of a notification, the request that comes with it, and its execution.
 */
final class ServedVerbs implements Verbs {
    private static final Map<NotifyOp, Row<?>> TABLE = Map.ofEntries(
            row(
                    NotifyOp.FLATTEN,
                    NotifyMessage.Request.class,
                    (verbs, flatten, progress) -> new FlattenImage(verbs.image, progress, verbs.others)::execute),
            row(
                    NotifyOp.RESIZE,
                    NotifyMessage.Resize.class,
                    (verbs, resize, progress) -> () -> verbs.resize(resize, progress)),
            row(
                    NotifyOp.SNAP_CREATE,
                    NotifyMessage.SnapCreate.class,
                    create -> isUsers(create.namespace()),
                    (verbs, create, progress) -> new CreateSnapshot(
                            verbs.image, create.name(), SnapshotQuiesce.of(create.flags()))::execute),
            row(NotifyOp.SNAP_REMOVE, NotifyMessage.SnapRequest.class, ServedVerbs::removal),
            row(
                    NotifyOp.SNAP_RENAME,
                    NotifyMessage.SnapRename.class,
                    (verbs, rename, progress) -> () -> verbs.renameSnapshot(rename)),
            row(
                    NotifyOp.SNAP_PROTECT,
                    NotifyMessage.SnapRequest.class,
                    protect -> isUsers(protect.namespace()),
                    (verbs, protect, progress) -> new ProtectSnapshot(verbs.image, protect.name())::execute),
            row(
                    NotifyOp.SNAP_UNPROTECT,
                    NotifyMessage.SnapRequest.class,
                    unprotect -> isUsers(unprotect.namespace()),
                    (verbs, unprotect, progress) -> new UnprotectSnapshot(verbs.image, unprotect.name())::execute),
            row(
                    NotifyOp.RENAME,
                    NotifyMessage.Rename.class,
                    (verbs, rename, progress) -> () -> verbs.rename(rename.newName())),
            row(
                    NotifyOp.UPDATE_FEATURES,
                    NotifyMessage.UpdateFeatures.class,
                    (verbs, update, progress) ->
                            new UpdateFeatures(verbs.image, update.features(), update.enabled())::execute),
            row(
                    NotifyOp.METADATA_UPDATE,
                    NotifyMessage.MetadataUpdate.class,
                    (verbs, update, progress) -> () -> verbs.updateMetadata(update)),
            row(
                    NotifyOp.REBUILD_OBJECT_MAP,
                    NotifyMessage.Request.class,
                    (verbs, rebuild, progress) -> new RebuildObjectMap(verbs.image, progress)::execute));

    private final ImageContext image;
    private final OtherImages others = new SharedOtherImages();
    private final VerbExecutor threads;

    /** @param threads on which verbs block */
    ServedVerbs(ImageContext image, VerbExecutor threads) {
        this.image = image;
        this.threads = threads;
    }

    /** A verb of this client. */
    @FunctionalInterface
    private interface Execution {
        void execute() throws RadosException;
    }

    /** Prepares the execution of a request; must not block. */
    @FunctionalInterface
    private interface Preparation<T> {
        Execution of(ServedVerbs verbs, T request, Progress progress);
    }

    /** A verb that others may ask for, by requests that pass {@code known}. */
    private record Row<T extends NotifyMessage>(Class<T> request, Predicate<T> known, Preparation<T> verb) {
        Optional<Execution> prepare(ServedVerbs verbs, NotifyMessage message, Progress progress) {
            return Optional.of(request.cast(message)).filter(known).map(request -> verb.of(verbs, request, progress));
        }
    }

    private static <T extends NotifyMessage> Map.Entry<NotifyOp, Row<?>> row(
            NotifyOp op, Class<T> request, Preparation<T> verb) {
        return row(op, request, any -> true, verb);
    }

    private static <T extends NotifyMessage> Map.Entry<NotifyOp, Row<?>> row(
            NotifyOp op, Class<T> request, Predicate<T> known, Preparation<T> verb) {
        return Map.entry(op, new Row<>(request, known, verb));
    }

    @Override
    public Optional<CompletableFuture<Void>> begin(NotifyMessage request, Progress progress) {
        Optional<Row<?>> row = request instanceof NotifyMessage.Unknown
                ? Optional.empty()
                : Optional.ofNullable(TABLE.get(request.op()));
        return row.flatMap(known -> known.prepare(this, request, progress))
                .map(verb -> threads.submit(
                        "doing " + request.op() + " of image " + image.spec() + " for another client",
                        image.pool().deadline(),
                        () -> {
                            verb.execute();
                            return null;
                        }));
    }

    private static boolean isUsers(SnapshotNamespace namespace) {
        return namespace instanceof SnapshotNamespace.User;
    }

    private Execution removal(NotifyMessage.SnapRequest snap, Progress progress) {
        return isUsers(snap.namespace())
                ? new RemoveSnapshot(image, snap.name(), others)::execute
                : () -> removeSnapshot(snap);
    }

    /** One that is not a user's, as a snapshot in the trash namespace whose last clone is gone. */
    private void removeSnapshot(NotifyMessage.SnapRequest snap) throws RadosException {
        image.refresh();
        long id = image.state().snapshots().stream()
                .filter(known -> known.name().equals(snap.name())
                        && known.record().namespace().equals(snap.namespace()))
                .mapToLong(SnapshotState::id)
                .findFirst()
                .orElseThrow(() ->
                        new NotFoundException("removing snapshot " + snap.name() + " of image " + image.spec(), null));
        new RemoveSnapshot(image, id, others).execute();
    }

    private void renameSnapshot(NotifyMessage.SnapRename rename) throws RadosException {
        new RenameSnapshot(image, Long.toString(rename.snapId()), rename.newName()).execute(rename.snapId());
    }

    private void resize(NotifyMessage.Resize resize, Progress progress) throws RadosException {
        new ResizeImage(image, resize.size(), resize.allowShrink(), progress).execute();
    }

    /** The name that it has now: it may have been renamed since it was opened. */
    private void rename(String newName) throws RadosException {
        Names.checkImage(newName);
        String name = ClassCalls.read(image.pool(), ObjectNames.DIRECTORY, DirectoryCalls.dirGetName(image.id()));
        if (name.equals(newName)) {
            throw new AlreadyExistsException("renaming image " + image.spec(), null);
        }
        new RenameImage(image.pool(), name, newName, others).execute();
    }

    private void updateMetadata(NotifyMessage.MetadataUpdate update) throws RadosException {
        ImageMetadata metadata = new ImageMetadata(image.changePool(), image.id());
        if (update.value().isPresent()) {
            metadata.set(update.key(), update.value().get().getBytes(StandardCharsets.UTF_8));
        } else {
            metadata.remove(update.key());
        }
    }
}
