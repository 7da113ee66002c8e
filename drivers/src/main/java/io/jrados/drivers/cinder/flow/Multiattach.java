package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.ModelUpdate;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.Progress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Switches off the features that one writer at a time needs, and on again those that there were. */
final class Multiattach {
    private static final String LOCATION = "provider_location";
    private static final Pattern SAVED = Pattern.compile("\"saved_features\"\\s*:\\s*(\\d{1,18})");
    private static final long EXCLUSIVE =
            Features.JOURNALING | Features.FAST_DIFF | Features.OBJECT_MAP | Features.EXCLUSIVE_LOCK;

    private Multiattach() {}

    static ModelUpdate on(Image image) throws RadosException {
        long features = image.info().features();
        if ((features & EXCLUSIVE) != 0) {
            image.updateFeatures(features & EXCLUSIVE, false);
        }
        return ModelUpdate.NONE.with(LOCATION, "{\"saved_features\":" + features + "}");
    }

    /** @param location the volume's {@code provider_location}, in which {@link #on} remembered the features */
    static ModelUpdate off(Image image, Optional<String> location) throws RadosException {
        Matcher saved = SAVED.matcher(location.orElse(""));
        if (!saved.find()) {
            throw new DriverException(
                    Kind.RBD_DRIVER,
                    "giving volume " + image.name() + " its features back, which its provider_location does not tell: "
                            + location.orElse("it is null"));
        }
        long missing =
                Long.parseLong(saved.group(1)) & EXCLUSIVE & ~image.info().features();
        if (missing != 0) {
            try {
                image.updateFeatures(missing, true);
            } catch (RadosException failed) {
                throw new DriverException(
                        Kind.RBD_DRIVER, "giving volume " + image.name() + " its features back", failed);
            }
            if ((missing & Features.OBJECT_MAP) != 0) {
                image.rebuildObjectMap(Progress.NONE);
            }
        }
        return ModelUpdate.NONE.withNull(LOCATION);
    }
}
