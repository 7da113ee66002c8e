package io.jrados.rbd.ops;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.io.ClassCalls;
import io.jrados.rbd.io.ImageContext;
import io.jrados.rbd.io.SnapshotState;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.NotifyOp;
import io.jrados.rbd.lock.Verbs;
import io.jrados.rbd.model.Names;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotQuiesce;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** The verbs that the lock's owner does for the other clients: the same as it does for itself. */
final class ServedVerbs implements Verbs {
    private final ImageContext image;
    private final Executor worker;

    /** @param worker on which verbs block */
    ServedVerbs(ImageContext image, Executor worker) {
        this.image = image;
        this.worker = worker;
    }

    @Override
    public Optional<CompletableFuture<Void>> begin(NotifyMessage request, Progress progress) {
        return verb(request, progress)
                .map(verb -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                verb.execute();
                            } catch (RadosException failed) {
                                throw new CompletionException(failed);
                            }
                        },
                        worker));
    }

    private Optional<Maintenance.Verb> verb(NotifyMessage message, Progress progress) {
        if (message instanceof NotifyMessage.Resize resize) {
            return Optional.of(() -> resize(resize, progress));
        }
        if (message instanceof NotifyMessage.SnapCreate create && isUsers(create.namespace())) {
            return Optional.of(new CreateSnapshot(image, create.name(), SnapshotQuiesce.of(create.flags()))::execute);
        }
        if (message instanceof NotifyMessage.SnapRequest snap && isUsers(snap.namespace())) {
            return switch (snap.op()) {
                case SNAP_REMOVE -> Optional.of(new RemoveSnapshot(image, snap.name())::execute);
                case SNAP_PROTECT -> Optional.of(new ProtectSnapshot(image, snap.name())::execute);
                case SNAP_UNPROTECT -> Optional.of(new UnprotectSnapshot(image, snap.name())::execute);
                default -> Optional.empty();
            };
        }
        if (message instanceof NotifyMessage.SnapRequest snap && snap.op() == NotifyOp.SNAP_REMOVE) {
            return Optional.of(() -> removeSnapshot(snap));
        }
        if (message instanceof NotifyMessage.SnapRename rename) {
            return Optional.of(() -> new RenameSnapshot(image, Long.toString(rename.snapId()), rename.newName())
                    .execute(rename.snapId()));
        }
        if (message instanceof NotifyMessage.Rename rename) {
            return Optional.of(() -> rename(rename.newName()));
        }
        if (message instanceof NotifyMessage.UpdateFeatures update) {
            return Optional.of(new UpdateFeatures(image, update.features(), update.enabled())::execute);
        }
        if (message instanceof NotifyMessage.MetadataUpdate update) {
            return Optional.of(() -> updateMetadata(update));
        }
        if (message instanceof NotifyMessage.Request request) {
            return switch (request.op()) {
                case FLATTEN -> Optional.of(new FlattenImage(image, progress)::execute);
                case REBUILD_OBJECT_MAP -> Optional.of(new RebuildObjectMap(image, progress)::execute);
                default -> Optional.empty();
            };
        }
        return Optional.empty();
    }

    private static boolean isUsers(SnapshotNamespace namespace) {
        return namespace instanceof SnapshotNamespace.User;
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
        new RemoveSnapshot(image, id).execute();
    }

    private void resize(NotifyMessage.Resize resize, Progress progress) throws RadosException {
        if (!resize.allowShrink() && resize.size() < image.state().size()) {
            throw new RadosException(
                    Errno.EINVAL, "shrinking image " + image.spec() + " for a client that did not mean to");
        }
        new ResizeImage(image, resize.size(), progress).execute();
    }

    /** The name that it has now: it may have been renamed since it was opened. */
    private void rename(String newName) throws RadosException {
        Names.checkImage(newName);
        String name = ClassCalls.read(image.pool(), ObjectNames.DIRECTORY, DirectoryCalls.dirGetName(image.id()));
        if (name.equals(newName)) {
            throw new AlreadyExistsException("renaming image " + image.spec(), null);
        }
        new RenameImage(image.pool(), name, newName).execute();
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
