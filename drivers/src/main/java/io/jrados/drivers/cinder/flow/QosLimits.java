package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.QosSpecs;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cinder's limits of rates as options of an image, which librbd's clients and ours obey. */
final class QosLimits {
    private static final Logger LOG = LoggerFactory.getLogger(QosLimits.class);

    private QosLimits() {}

    /** Returns the image's option for a limit: {@code read_bytes_sec_max} is {@code rbd_qos_read_bps_burst}. */
    private static String option(String spec) {
        String[] words = spec.split("_", -1);
        boolean known = words.length >= 3
                && words[0].matches("total|read|write")
                && words[1].matches("iops|bytes")
                && words[2].equals("sec")
                && (words.length == 3 || words.length == 4 && words[3].equals("max"));
        if (!known) {
            return "";
        }
        String side = words[0].equals("total") ? "" : words[0] + "_";
        return "rbd_qos_" + side + (words[1].equals("iops") ? "iops" : "bps")
                + (words.length == 4 ? "_burst" : "_limit");
    }

    static void set(Image image, QosSpecs qos) throws RadosException {
        for (Map.Entry<String, String> spec : new TreeMap<>(qos.specs()).entrySet()) {
            String option = option(spec.getKey());
            if (option.isEmpty()) {
                LOG.warn("limit {} of volume {} is unknown, and left out", spec.getKey(), image.name());
                continue;
            }
            try {
                image.setConfig(option, spec.getValue());
            } catch (RadosException failed) {
                throw new DriverException(
                        Kind.BACKEND, "limiting volume " + image.name() + " by " + spec.getKey(), failed);
            }
        }
    }

    static void remove(Image image, Collection<String> specs) throws RadosException {
        for (String spec : specs) {
            String option = option(spec);
            if (!option.isEmpty()) {
                try {
                    image.removeConfig(option);
                } catch (NotFoundException notSet) {
                    LOG.debug("limit {} of volume {} is not set", spec, image.name());
                }
            }
        }
    }
}
