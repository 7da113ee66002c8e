package io.jrados.drivers.cinder.flow;

import io.jrados.error.RadosException;

/** Makes an empty volume. */
public final class CreateVolume {
    private final Backend backend;

    public CreateVolume(Backend backend) {
        this.backend = backend;
    }

    public void run(String volume, int size) throws RadosException {
        backend.rbd().create(volume, Backend.bytes(size), backend.newVolume());
    }
}
