package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.Opened;
import io.jrados.drivers.cinder.flow.Ancestors.Parent;
import io.jrados.drivers.cinder.model.DeletePolicy;
import io.jrados.drivers.cinder.rule.Names;
import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Deletes a volume: removes it, sets it aside while clones hang on it, or moves it to the trash. */
public final class DeleteVolume {
    /** A clone may be made whenever none was there before. */
    private static final int ROUNDS = 5;

    private final Call call;

    public DeleteVolume(Call call) {
        this.call = call;
    }

    /**
     * The state of a volume that is to be deleted.
     *
     * @param hasClones whether volumes were cloned from it, which is told by the names of its snapshots
     */
    private record State(boolean hasClones, Optional<Parent> parent) {}

    public void run(String volume) throws RadosException {
        Rbd rbd = call.rbd();
        if (!volume.endsWith(Names.REPLACED)) {
            new Replacement(call).tidy(rbd, volume);
        }
        RadosException notEmpty = null;
        for (int round = 0; round < ROUNDS; round++) {
            State state;
            try (Opened opened = new Opened(rbd.open(volume))) {
                Image image = opened.image();
                state = prepare(rbd, image);
            } catch (NotFoundException gone) {
                // What is left of a volume whose creation or deletion died has a name, but cannot be opened.
                removeRemnant(rbd, volume);
                new ParentNote(call, rbd, volume).resume();
                return;
            } catch (BusyException busy) {
                new RemoveImage(call, rbd).awaitUnused(volume);
                continue;
            }
            if (state.hasClones()) {
                rbd.rename(volume, volume + Names.DELETED);
                call.did("set aside", rbd, volume + Names.DELETED);
                return;
            }
            if (notEmpty != null) {
                // Nobody cloned it meanwhile: people's snapshots or removed ones with clones are in the way.
                discard(rbd, volume, notEmpty);
                return;
            }
            notEmpty = remove(rbd, volume, state);
            if (notEmpty == null) {
                return;
            }
        }
        throw new DriverException(
                Kind.VOLUME_IS_BUSY, "deleting volume " + volume + ", which is being cloned", notEmpty);
    }

    /** Ends what a client that died has begun: a creation, a removal, or a move to the trash. */
    private void removeRemnant(Rbd rbd, String volume) throws RadosException {
        RemoveImage removal = new RemoveImage(call, rbd);
        if (call.options().deferredDeletion()) {
            removal.toTrash(volume, call.options().deferredDeletionDelay());
        }
        try {
            removal.run(volume);
        } catch (RadosException failed) {
            if (failed.errno() != Errno.ENOTEMPTY) {
                throw failed;
            }
            removal.toTrash(volume, Duration.ZERO);
        }
    }

    /** Returns null when it is gone, or why it cannot be. */
    private @Nullable RadosException remove(Rbd rbd, String volume, State state) throws RadosException {
        if (call.options().deferredDeletion()) {
            new RemoveImage(call, rbd).toTrash(volume, call.options().deferredDeletionDelay());
            return null;
        }
        Optional<Parent> clonedFrom = state.parent().filter(each -> Names.isClonedFrom(each.spec(), volume));
        ParentNote note = new ParentNote(call, rbd, volume);
        if (clonedFrom.isPresent()) {
            note.add(clonedFrom.get());
        }
        try {
            new RemoveImage(call, rbd).run(volume);
        } catch (RadosException failed) {
            if (clonedFrom.isPresent()) {
                Cleanup undo = new Cleanup();
                undo.add(note::end);
                undo.run(failed);
            }
            if (failed.errno() == Errno.ENOTEMPTY) {
                return failed;
            }
            throw failed;
        }
        if (clonedFrom.isPresent()) {
            new ReleaseParent(call).run(clonedFrom.get(), note::add);
            note.end();
        }
        return null;
    }

    /**
     * Removes snapshots of backups, and those of clones that never came to be or were flattened. A deletion that is
     * refused keeps them: the next backup of the volume needs the last one's.
     *
     * @throws BusyException while somebody has the image open, so that it could not be removed after its snapshots
     */
    private State prepare(Rbd rbd, Image image) throws RadosException {
        checkPolicy(image);
        boolean hasClones = false;
        boolean inUse = !image.watchers().isEmpty();
        for (SnapshotInfo snapshot : image.snapshots()) {
            String name = snapshot.name();
            if (snapshot.namespace() != Namespace.USER) {
                continue;
            }
            if (inUse && Names.isBackup(name)) {
                throw new BusyException("deleting volume " + image.name() + ", which somebody has open", null);
            }
            if (Names.isBackup(name) || name.endsWith(Names.CLONE_SNAPSHOT) && isUnused(rbd, image, snapshot)) {
                image.unprotectAndRemoveSnapshot(name);
                call.did("snapshot removed", rbd, image.name() + "@" + name);
            } else if (name.endsWith(Names.CLONE_SNAPSHOT)) {
                hasClones = true;
            }
        }
        return new State(hasClones, hasClones ? Optional.empty() : new Ancestors(call).parent(image));
    }

    private void checkPolicy(Image image) throws RadosException {
        if (call.options().deletePolicy() != DeletePolicy.STRICT) {
            return;
        }
        List<String> names = image.snapshots().stream()
                .filter(each -> each.namespace() == Namespace.USER)
                .map(SnapshotInfo::name)
                .toList();
        boolean hasClones = names.stream().anyMatch(each -> each.endsWith(Names.CLONE_SNAPSHOT));
        Optional<String> other = names.stream()
                .filter(each -> !Names.isBackup(each) && !each.endsWith(Names.CLONE_SNAPSHOT))
                .findFirst();
        if (!hasClones && other.isPresent()) {
            throw new DriverException(
                    Kind.VOLUME_IS_BUSY, "deleting volume " + image.name() + ", which has the snapshot " + other.get());
        }
    }

    /** Clients that are cloning it right now have it open. */
    private static boolean isUnused(Rbd rbd, Image image, SnapshotInfo snapshot) throws RadosException {
        return image.watchers().isEmpty()
                && Children.of(rbd, image.id(), snapshot.id()).isEmpty();
    }

    /** Moves to the trash what cannot be removed, once no clone of format 1 hangs on it. */
    private void discard(Rbd rbd, String volume, RadosException notEmpty) throws RadosException {
        if (call.options().deletePolicy() == DeletePolicy.STRICT) {
            throw new DriverException(
                    Kind.VOLUME_IS_BUSY, "deleting volume " + volume + ", on which clones hang", notEmpty);
        }
        try (Opened opened = new Opened(rbd.open(volume))) {
            Image image = opened.image();
            for (SnapshotInfo snapshot : image.snapshots()) {
                new Children(call).flattenFormatOne(rbd, image.id(), snapshot.id());
            }
        }
        new RemoveImage(call, rbd).toTrash(volume, Duration.ZERO);
    }
}
