package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.cinder.rule.Names;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.LinkedImage;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import io.jrados.rbd.model.SnapshotOwner;
import java.util.Optional;

/** The chain of images that a volume was cloned from. */
final class Ancestors {
    private final Call call;

    Ancestors(Call call) {
        this.call = call;
    }

    /**
     * A snapshot that an image hangs on.
     *
     * @param spec with the snapshot's name; of a removed one, the name that it had
     * @param snapId the snapshot's id, -1 if it was not found by its name
     */
    record Parent(ImageSpec spec, String imageId, long snapId) {}

    /**
     * The numbers of ancestors.
     *
     * @param cloned those that volumes were cloned from, volume by volume: snapshots and images end it
     * @param all those of every kind
     */
    record Depth(int cloned, int all) {}

    /** Returns the parent of the head or of the snapshot that is open. */
    Optional<Parent> parent(Image image) throws RadosException {
        Optional<LinkedImage> linked = image.parent();
        if (linked.isEmpty()) {
            return Optional.empty();
        }
        ImageSpec spec = linked.get().spec();
        String id = linked.get().id();
        try (Image parent = call.rbdOf(spec).openByIdReadOnly(id)) {
            for (SnapshotInfo snapshot : parent.snapshots()) {
                if (spec.snapshot().equals(Optional.of(snapshot.name()))) {
                    return Optional.of(new Parent(named(spec, parent, snapshot), id, snapshot.id()));
                }
            }
        } catch (NotFoundException gone) {
            return Optional.empty();
        }
        return Optional.of(new Parent(spec, id, -1));
    }

    private static ImageSpec named(ImageSpec spec, Image parent, SnapshotInfo snapshot) throws RadosException {
        if (snapshot.namespace() == Namespace.TRASH
                && parent.snapshotOwner(snapshot.id()) instanceof SnapshotOwner.Trash removed) {
            return spec.at(removed.originalName());
        }
        return spec;
    }

    /** Returns the parent of a snapshot of an image. */
    Optional<Parent> parentAt(Rbd rbd, String imageId, long snapId) throws RadosException {
        try (Image snapshot = rbd.openSnapshotById(imageId, snapId)) {
            return parent(snapshot);
        }
    }

    /** Returns the number of ancestors of an image's head. */
    Depth depth(Image volume) throws RadosException {
        int cloned = 0;
        int all = 0;
        boolean byName = true;
        String name = volume.name();
        Optional<Parent> next = parent(volume);
        while (next.isPresent()) {
            Parent parent = next.get();
            all++;
            byName &= Names.isClonedFrom(parent.spec(), name);
            cloned += byName ? 1 : 0;
            name = parent.spec().image();
            next = parent.snapId() < 0
                    ? Optional.empty()
                    : parentAt(call.rbdOf(parent.spec()), parent.imageId(), parent.snapId());
        }
        return new Depth(cloned, all);
    }
}
