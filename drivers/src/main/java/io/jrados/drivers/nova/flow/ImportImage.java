package io.jrados.drivers.nova.flow;

import io.jrados.drivers.DiskSource;
import io.jrados.drivers.SparseWriter;
import io.jrados.drivers.nova.model.BaseImage;
import io.jrados.drivers.nova.model.ImageService;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.stream.ImageStreams;
import java.io.IOException;
import java.util.OptionalLong;

/** Downloads an image into a disk, converted to raw on the way and without its zeroes. */
final class ImportImage {
    private final Backend backend;

    ImportImage(Backend backend) {
        this.backend = backend;
    }

    void run(Rbd rbd, String disk, BaseImage image, OptionalLong size, ImageService glance, Progress progress)
            throws IOException {
        String doing = "importing image " + image.id() + " into disk "
                + backend.options().pool() + "/" + disk;
        OptionalLong length = image.size() == 0 ? OptionalLong.empty() : OptionalLong.of(image.size());
        try (DiskSource source = DiskSource.open(glance.download(image.id()), image.diskFormat(), length, doing)) {
            CreateDisk.checkFlavor(disk, image.id(), source.size(), size);
            ImageStreams.on(rbd).makeImage(disk, source.size(), ImageOptions.DEFAULT, target -> {
                try (SparseWriter writer = new SparseWriter(target, Image.DEFAULT_DEPTH)) {
                    source.copyTo(writer, progress);
                }
            });
        }
    }
}
