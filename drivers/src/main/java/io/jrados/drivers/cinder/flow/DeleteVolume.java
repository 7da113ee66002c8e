package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Deletes a volume, or sets it aside while clones hang on it. */
public final class DeleteVolume {
    private static final Predicate<String> BACKUP_SNAPSHOT =
            Pattern.compile("backup\\.[a-z0-9-]+?\\.snap\\..+").asMatchPredicate();

    private final Backend backend;

    public DeleteVolume(Backend backend) {
        this.backend = backend;
    }

    public void run(String volume) throws RadosException {
        Rbd rbd = backend.rbd();
        boolean hasClones;
        Optional<ImageSpec> parent;
        try (Image image = rbd.open(volume)) {
            hasClones = prepare(image);
            parent = image.info().parent();
        } catch (NotFoundException gone) {
            // What is left of a volume whose creation or deletion died has a name, but cannot be opened.
            new RemoveImage(backend).run(rbd, volume);
            return;
        }
        if (hasClones) {
            rbd.rename(volume, volume + CloneChain.DELETED);
            return;
        }
        new RemoveImage(backend).run(rbd, volume);
        if (parent.isPresent() && CloneChain.isClonedFrom(parent.get(), volume)) {
            new ReleaseParent(backend).run(parent.get());
        }
    }

    /** Removes snapshots of backups. True when clones hang on the volume; refuses other snapshots. */
    private static boolean prepare(Image image) throws RadosException {
        boolean hasClones = false;
        String other = "";
        for (SnapshotInfo snapshot : image.snapshots()) {
            if (snapshot.namespace() == Namespace.USER) {
                if (BACKUP_SNAPSHOT.test(snapshot.name())) {
                    DeleteSnapshot.remove(image, snapshot.name());
                } else if (snapshot.name().endsWith(CloneChain.CLONE_SNAPSHOT)) {
                    hasClones = true;
                } else {
                    other = snapshot.name();
                }
            }
        }
        if (!hasClones && !other.isEmpty()) {
            throw new DriverException(
                    Kind.VOLUME_IS_BUSY, "deleting volume " + image.name() + ", which has the snapshot " + other);
        }
        return hasClones;
    }
}
