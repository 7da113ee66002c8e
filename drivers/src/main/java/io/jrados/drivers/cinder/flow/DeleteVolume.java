package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.flow.Ancestors.Parent;
import io.jrados.drivers.cinder.model.DeletePolicy;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import java.time.Duration;
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
     * @param snapshot one of its other snapshots, empty if there is none
     */
    private record State(boolean hasClones, String snapshot, Optional<Parent> parent) {}

    public void run(String volume) throws RadosException {
        Rbd rbd = call.rbd();
        RadosException notEmpty = null;
        for (int round = 0; round < ROUNDS; round++) {
            State state;
            try (Opened opened = new Opened(rbd.open(volume))) {
                Image image = opened.image();
                state = prepare(rbd, image);
            } catch (NotFoundException gone) {
                // What is left of a volume whose creation or deletion died has a name, but cannot be opened.
                new RemoveImage(call, rbd).run(volume);
                return;
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

    /** Returns null when it is gone, or why it cannot be. */
    private @Nullable RadosException remove(Rbd rbd, String volume, State state) throws RadosException {
        if (call.options().deferredDeletion()) {
            new RemoveImage(call, rbd).toTrash(volume, call.options().deferredDeletionDelay());
            return null;
        }
        try {
            new RemoveImage(call, rbd).run(volume);
        } catch (RadosException failed) {
            if (failed.errno() == Errno.ENOTEMPTY) {
                return failed;
            }
            throw failed;
        }
        Optional<Parent> clonedFrom = state.parent().filter(each -> Names.isClonedFrom(each.spec(), volume));
        if (clonedFrom.isPresent()) {
            new ReleaseParent(call).run(clonedFrom.get());
        }
        return null;
    }

    /** Removes snapshots of backups, and those of clones that never came to be or were flattened. */
    private State prepare(Rbd rbd, Image image) throws RadosException {
        boolean hasClones = false;
        String other = "";
        for (SnapshotInfo snapshot : image.snapshots()) {
            String name = snapshot.name();
            if (snapshot.namespace() != Namespace.USER) {
                continue;
            }
            if (Names.isBackup(name) || name.endsWith(Names.CLONE_SNAPSHOT) && isUnused(rbd, image, snapshot)) {
                image.unprotectAndRemoveSnapshot(name);
                call.did("snapshot removed", rbd, image.name() + "@" + name);
            } else if (name.endsWith(Names.CLONE_SNAPSHOT)) {
                hasClones = true;
            } else {
                other = name;
            }
        }
        if (!hasClones && !other.isEmpty() && call.options().deletePolicy() == DeletePolicy.STRICT) {
            throw new DriverException(
                    Kind.VOLUME_IS_BUSY, "deleting volume " + image.name() + ", which has the snapshot " + other);
        }
        return new State(hasClones, other, hasClones ? Optional.empty() : new Ancestors(call).parent(image));
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
