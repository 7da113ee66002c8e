package io.jrados.drivers.nova.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.Opened;
import io.jrados.drivers.RbdLocation;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Undisturbed;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import java.util.List;
import java.util.Optional;

/**
 * Makes an image of a disk inside the cluster: a flattened clone in Glance's pool. The disk has a snapshot meanwhile,
 * which is gone afterwards, whatever happens.
 */
public final class DirectSnapshot {
    /** The snapshot that stands for an image of Glance. */
    private static final String IMAGE_SNAPSHOT = "snap";

    private final Backend backend;

    public DirectSnapshot(Backend backend) {
        this.backend = backend;
    }

    /**
     * @param imageId the new image's
     * @param baseLocations of the image that the disk was made from: they tell the pool if the disk has no parent
     * @return the new image's location
     */
    public String run(String disk, String imageId, List<String> baseLocations, Progress progress)
            throws RadosException {
        String doing = "making image " + imageId + " of disk " + disk;
        try (Opened opened = new Opened(backend.disks().open(disk))) {
            Image source = opened.image();
            String pool = targetPool(source, baseLocations, doing);
            Rbd images = backend.in(pool);
            UnfinishedSnapshot.removeLeft(images, imageId, source);
            make(source, images, imageId, doing, progress);
            return new RbdLocation(backend.rados().fsid().toString(), pool, imageId, IMAGE_SNAPSHOT).toString();
        }
    }

    private String targetPool(Image source, List<String> baseLocations, String doing) throws RadosException {
        Optional<ImageSpec> parent = source.info().parent();
        if (parent.isPresent() && parent.get().namespace().isEmpty()) {
            return parent.get().pool();
        }
        String fsid = backend.rados().fsid().toString();
        for (String uri : baseLocations) {
            try {
                RbdLocation location = RbdLocation.parse(uri);
                if (location.isComplete() && location.fsid().equals(fsid)) {
                    return location.pool();
                }
            } catch (DriverException otherStore) {
                continue;
            }
        }
        throw new DriverException(Kind.IMAGE_UNACCEPTABLE, doing + ", whose base image is not in this cluster");
    }

    private void make(Image source, Rbd images, String imageId, String doing, Progress progress) throws RadosException {
        String temporary = DiskSnapshot.temporary();
        ImageSpec snapshot = ImageSpec.of(source.pool().name(), source.name()).at(temporary);
        Cleanup undo = new Cleanup();
        try {
            undo.add(() -> DiskSnapshot.remove(source, temporary));
            source.createSnapshot(temporary);
            long snapId =
                    DiskSnapshot.find(source, temporary).map(SnapshotInfo::id).orElse(-1L);
            undo.add(() -> DiskSnapshot.removeTrashed(source, snapId));
            source.protectSnapshot(temporary);
            undo.add(() -> UnfinishedSnapshot.remove(images, imageId, temporary));
            String id = images.clone(snapshot, imageId, ImageOptions.DEFAULT);
            undo.add(() -> UnfinishedSnapshot.remove(images, imageId, temporary, id));
            try (Opened opened = new Opened(images.open(imageId))) {
                Image image = opened.image();
                UnfinishedSnapshot.mark(image, temporary);
                image.flatten(progress);
                DiskSnapshot.remove(source, temporary);
                image.createSnapshot(IMAGE_SNAPSHOT);
                image.protectSnapshot(IMAGE_SNAPSHOT);
                UnfinishedSnapshot.unmark(image);
            }
        } catch (AlreadyExistsException taken) {
            undo.run(taken);
            throw Backend.withSuppressed(new DriverException(Kind.DUPLICATE, doing, taken), taken);
        } catch (RadosException failed) {
            undo.run(failed);
            throw Backend.forbidden(Cleanup.ofCall(failed, doing), doing);
        } catch (RuntimeException | Error failed) {
            undo.run(failed);
            throw failed;
        }
    }

    /** Removes an image that was made so, if Glance could not take it; one that is gone is a success. */
    public void discard(String uri) throws RadosException {
        RbdLocation location = RbdLocation.parse(uri);
        if (!location.isComplete()
                || !location.fsid().equals(backend.rados().fsid().toString())) {
            throw new DriverException(Kind.WRONG_CLUSTER, "discarding the image at " + uri);
        }
        Rbd images = backend.in(location.pool());
        Undisturbed.run(() -> {
            try (Image image = images.open(location.image())) {
                DiskSnapshot.remove(image, location.snapshot());
            } catch (NotFoundException gone) {
                return;
            }
            images.remove(location.image(), Progress.NONE);
        });
    }
}
