package io.jrados.drivers.nova.flow;

import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * An image that is being made of a disk and is not whole yet. It can be told from all others: it is a clone of a
 * temporary snapshot, or has that snapshot's name in its metadata. So one that a dead client left is removed by the
 * next call for the same image, and nothing else ever is.
 */
final class UnfinishedSnapshot {
    /** The metadata key; its value is the name of the disk's temporary snapshot. */
    private static final String MARK = "jrados.unfinished_snapshot";

    private UnfinishedSnapshot() {}

    static void mark(Image image, String temporary) throws RadosException {
        image.setMetadata(MARK, temporary.getBytes(StandardCharsets.UTF_8));
    }

    static void unmark(Image image) throws RadosException {
        image.removeMetadata(MARK);
    }

    /** Removes the image if it is one being made from this temporary snapshot. */
    static void remove(Rbd images, String imageId, String temporary) throws RadosException {
        remove(images, imageId, temporary, "");
    }

    /** Removes the image if it has this id in the cluster, or is one being made from this temporary snapshot. */
    static void remove(Rbd images, String imageId, String temporary, String id) throws RadosException {
        try (Image image = images.open(imageId)) {
            if (!image.id().equals(id) && !temporaryOf(image).equals(Optional.of(temporary))) {
                return;
            }
            for (SnapshotInfo each : image.snapshots()) {
                if (each.namespace() == Namespace.USER) {
                    DiskSnapshot.remove(image, each.name());
                }
            }
        } catch (NotFoundException gone) {
            return;
        }
        images.remove(imageId, Progress.NONE);
    }

    /** Removes what a dead client left of this image, and its snapshot of the disk. */
    static void removeLeft(Rbd images, String imageId, Image disk) throws RadosException {
        Optional<String> temporary;
        try (Image image = images.openReadOnly(imageId)) {
            temporary = temporaryOf(image);
            if (temporary.isEmpty() || !image.watchers().isEmpty()) {
                return;
            }
        } catch (NotFoundException none) {
            return;
        }
        remove(images, imageId, temporary.get());
        DiskSnapshot.remove(disk, temporary.get());
    }

    private static Optional<String> temporaryOf(Image image) throws RadosException {
        Map<String, byte[]> metadata = image.metadata();
        if (metadata.containsKey(MARK)) {
            return Optional.of(new String(metadata.get(MARK), StandardCharsets.UTF_8));
        }
        return image.info().parent().flatMap(ImageSpec::snapshot).filter(DiskSnapshot::isTemporary);
    }
}
