package io.jrados.drivers.nova.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.nova.model.BaseImage;
import io.jrados.drivers.nova.model.ImageService;
import io.jrados.drivers.nova.model.NovaOptions.Key;
import java.io.IOException;
import java.util.Optional;

/** Has Glance copy an image into the store of this cluster, where it can be cloned. */
final class CopyToStore {
    private final Backend backend;

    CopyToStore(Backend backend) {
        this.backend = backend;
    }

    /** The image with its new location; empty where no store is named. */
    Optional<BaseImage> run(BaseImage image, ImageService glance) throws IOException {
        String store = backend.options().get(Key.IMAGES_RBD_GLANCE_STORE_NAME);
        if (store.isEmpty()) {
            return Optional.empty();
        }
        String doing = "copying image " + image.id() + " to Glance's store " + store;
        long limit =
                backend.options().seconds(Key.IMAGES_RBD_GLANCE_COPY_TIMEOUT).toNanos();
        long begin = backend.environment().nanoTime();
        glance.copyToStore(image.id(), store);
        while (!isCopied(image, glance, store, doing)) {
            if (backend.environment().nanoTime() - begin >= limit) {
                throw new DriverException(
                        Kind.IMAGE_UNACCEPTABLE,
                        doing + ", which took longer than " + Key.IMAGES_RBD_GLANCE_COPY_TIMEOUT.option());
            }
            Backend.pause(backend.options().seconds(Key.IMAGES_RBD_GLANCE_COPY_POLL_INTERVAL));
        }
        return Optional.of(glance.describe(image.id()));
    }

    private static boolean isCopied(BaseImage image, ImageService glance, String store, String doing)
            throws IOException {
        try {
            return glance.isInStore(image.id(), store);
        } catch (IOException failed) {
            throw new DriverException(Kind.IMAGE_UNACCEPTABLE, doing, failed);
        }
    }
}
