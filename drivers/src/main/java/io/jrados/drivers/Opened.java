package io.jrados.drivers;

import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An image that is open for one flow. What the flow did is done even if the image's lock cannot be given back at once:
 * the client goes on with that, and a flow that failed for it would have to be undone for nothing.
 */
public record Opened(Image image) implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Opened.class);

    @Override
    public void close() {
        try {
            image.close();
        } catch (RadosException failed) {
            LOG.warn("image {} is still being closed: {}", image.name(), failed.getMessage());
        }
    }
}
