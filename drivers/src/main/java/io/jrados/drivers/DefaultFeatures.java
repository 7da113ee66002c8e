package io.jrados.drivers;

import io.jrados.drivers.DriverException.Kind;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rbd.model.Features;

/** The features of new images that nobody has chosen. */
public final class DefaultFeatures {
    private DefaultFeatures() {}

    /**
     * The bits of rbd_default_features, as the client's configuration and the monitors have it; none is layering.
     *
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION} for text that names no features
     */
    public static long of(Rados rados) throws RadosException {
        String text = rados.conf().get("rbd_default_features");
        try {
            long bits = Features.parseConfigured(text);
            return bits == 0 ? Features.LAYERING : bits;
        } catch (IllegalArgumentException unknown) {
            throw new DriverException(
                    Kind.INVALID_CONFIGURATION, "reading rbd_default_features, which is '" + text + "'", unknown);
        }
    }
}
