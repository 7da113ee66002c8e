package io.jrados.rbd.ops;

import io.jrados.error.RadosException;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.io.ImageContext;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.Verbs;
import io.jrados.rbd.model.Progress;
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
            return Optional.of(new ResizeImage(image, resize.size(), progress)::execute);
        }
        if (message instanceof NotifyMessage.SnapCreate create
                && create.namespace() instanceof SnapshotNamespace.User) {
            return Optional.of(new CreateSnapshot(image, create.name())::execute);
        }
        if (message instanceof NotifyMessage.SnapRequest snap && snap.namespace() instanceof SnapshotNamespace.User) {
            return switch (snap.op()) {
                case SNAP_REMOVE -> Optional.of(new RemoveSnapshot(image, snap.name())::execute);
                case SNAP_PROTECT -> Optional.of(new ProtectSnapshot(image, snap.name())::execute);
                case SNAP_UNPROTECT -> Optional.of(new UnprotectSnapshot(image, snap.name())::execute);
                default -> Optional.empty();
            };
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
}
