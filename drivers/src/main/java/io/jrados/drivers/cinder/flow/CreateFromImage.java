package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.RbdLocation;
import io.jrados.drivers.cinder.model.ModelUpdate;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.cinder.rule.Sizes;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageSpec;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a volume as a clone of an image in the same cluster, if one of its locations is there. */
public final class CreateFromImage {
    private static final Logger LOG = LoggerFactory.getLogger(CreateFromImage.class);

    private final Call call;

    public CreateFromImage(Call call) {
        this.call = call;
    }

    /** Empty if no location can be cloned. */
    public Optional<ModelUpdate> run(List<String> locations, String diskFormat, Volume volume) throws RadosException {
        if (!diskFormat.equals("raw")) {
            LOG.debug("image of format {} cannot be cloned into {}", diskFormat, volume);
            return Optional.empty();
        }
        for (String uri : locations) {
            Optional<ImageInfo> image = cloneable(uri);
            if (image.isPresent()) {
                return Optional.of(cloneImage(RbdLocation.parse(uri), image.get(), volume));
            }
        }
        return Optional.empty();
    }

    private Optional<ImageInfo> cloneable(String uri) {
        Rados rados = call.rados();
        try {
            RbdLocation location = RbdLocation.parse(uri);
            if (!location.isComplete() || !location.fsid().equals(rados.fsid().toString())) {
                LOG.debug("{} is not in cluster {}: it cannot be cloned", uri, rados.fsid());
                return Optional.empty();
            }
            try (Image image =
                    Rbd.on(rados.pool(location.pool())).openSnapshot(location.image(), location.snapshot())) {
                return Optional.of(image.info());
            }
        } catch (RadosException failed) {
            LOG.debug("{} cannot be cloned: {}", uri, failed.getMessage());
            return Optional.empty();
        }
    }

    private ModelUpdate cloneImage(RbdLocation location, ImageInfo image, Volume volume) throws RadosException {
        if (image.size() > Sizes.bytes(volume.size())) {
            throw new DriverException(
                    Kind.IMAGE_UNACCEPTABLE,
                    "cloning " + location + " of " + image.size() + " bytes into volume " + volume);
        }
        ImageSpec source = ImageSpec.of(location.pool(), location.image()).at(location.snapshot());
        ModelUpdate forgotten = ModelUpdate.NONE.withNull("provider_location");
        return forgotten.and(new CloneSnapshot(call).run(source, image, volume, Sizes.bytes(volume.size()), false));
    }
}
