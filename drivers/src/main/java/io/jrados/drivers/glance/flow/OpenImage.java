package io.jrados.drivers.glance.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.ImageReader;
import io.jrados.drivers.RbdLocation;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;

/** Opens an uploaded image for reading: its location's snapshot, else its head. */
public final class OpenImage {
    private final Backend backend;

    public OpenImage(Backend backend) {
        this.backend = backend;
    }

    /** @throws DriverException {@link Kind#NOT_FOUND}, {@link Kind#BAD_STORE_URI}, {@link Kind#WRONG_CLUSTER} */
    public ImageReader run(String uri, long offset, long length) throws RadosException {
        return new ImageReader(
                open(uri),
                backend.buffers(),
                backend.chunkBytes(),
                backend.options().writesInFlight(),
                offset,
                length);
    }

    /** Bytes of the whole image. */
    public long size(String uri) throws RadosException {
        try (Image image = open(uri)) {
            return image.size();
        }
    }

    private Image open(String uri) throws RadosException {
        RbdLocation location = backend.locate(uri);
        Rbd rbd = backend.rbd(backend.poolOf(location));
        try {
            return location.snapshot().isEmpty()
                    ? rbd.openReadOnly(location.image())
                    : rbd.openSnapshot(location.image(), location.snapshot());
        } catch (NotFoundException missing) {
            throw new DriverException(Kind.NOT_FOUND, "opening the image at " + location, missing);
        }
    }
}
