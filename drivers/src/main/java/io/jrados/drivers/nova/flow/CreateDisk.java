package io.jrados.drivers.nova.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.nova.model.BaseImage;
import io.jrados.drivers.nova.model.CreatedDisk;
import io.jrados.drivers.nova.model.CreatedDisk.Origin;
import io.jrados.drivers.nova.model.ImageService;
import io.jrados.drivers.nova.model.NovaOptions.Key;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a disk from an image: a clone if the image is in this cluster, else an import. */
public final class CreateDisk {
    private static final Logger LOG = LoggerFactory.getLogger(CreateDisk.class);

    private final Backend backend;

    public CreateDisk(Backend backend) {
        this.backend = backend;
    }

    /** @param size bytes that the flavor gives; empty for as many as the image has */
    public CreatedDisk run(String disk, BaseImage image, OptionalLong size, ImageService glance, Progress progress)
            throws IOException {
        Rbd rbd = backend.disks();
        CloneImage.removeLeft(rbd, disk);
        Origin origin = Backend.size(rbd, disk) >= 0 ? Origin.PRESENT : make(rbd, disk, image, size, glance, progress);
        long now = Backend.size(rbd, disk);
        checkFlavor(disk, image.id(), now, size);
        long wanted = size.orElse(now);
        if (wanted > now) {
            try (Image made = rbd.open(disk)) {
                made.resize(wanted, false, progress);
            }
        }
        return new CreatedDisk(disk, origin, Math.max(now, wanted));
    }

    private Origin make(
            Rbd rbd, String disk, BaseImage image, OptionalLong size, ImageService glance, Progress progress)
            throws IOException {
        CloneImage cloning = new CloneImage(backend);
        if (cloning.run(rbd, disk, image, size)) {
            return Origin.CLONED;
        }
        Optional<BaseImage> copied = new CopyToStore(backend).run(image, glance);
        if (copied.isPresent() && cloning.run(rbd, disk, copied.get(), size)) {
            return Origin.CLONED;
        }
        if (backend.options().isOn(Key.NEVER_DOWNLOAD_IMAGE_IF_ON_RBD)) {
            throw new DriverException(
                    Kind.IMAGE_UNACCEPTABLE,
                    "making disk " + disk + " of image " + image.id() + ", which cannot be cloned and, by "
                            + Key.NEVER_DOWNLOAD_IMAGE_IF_ON_RBD.option() + ", must not be downloaded");
        }
        LOG.info("image {} cannot be cloned and is imported into {}", Printable.of(image.id()), Printable.of(disk));
        new ImportImage(backend).run(rbd, disk, image, size, glance, progress);
        return Origin.IMPORTED;
    }

    static void checkFlavor(String disk, String image, long bytes, OptionalLong size) throws RadosException {
        if (size.isPresent() && bytes > size.getAsLong()) {
            throw new DriverException(
                    Kind.FLAVOR_DISK_SMALLER_THAN_IMAGE,
                    "making disk " + disk + " of " + size.getAsLong() + " bytes of image " + image + " of " + bytes);
        }
    }
}
