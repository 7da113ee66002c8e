package io.jrados.rbd.ops;

import io.jrados.error.RadosException;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.model.Progress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Sets or removes a key of an open image: here, or by the owner of its lock (Operations::metadata_set and
 * metadata_remove, src/librbd/Operations.cc). The owner can be told of text only; for another value the lock is taken
 * over.
 */
public final class UpdateMetadata {
    private final String key;
    private final ImageMetadata metadata;
    private final Maintenance maintenance;

    public UpdateMetadata(ImageContext image, String key) {
        this.key = key;
        this.metadata = new ImageMetadata(image.changePool(), image.id());
        this.maintenance = new Maintenance(image, "changing key " + key);
    }

    /** @throws RadosException EROFS for an image that is read-only */
    public void set(byte[] value) throws RadosException {
        String text = new String(value, StandardCharsets.UTF_8);
        if (Arrays.equals(text.getBytes(StandardCharsets.UTF_8), value)) {
            update(Optional.of(text), () -> metadata.set(key, value));
        } else {
            maintenance.runHere(() -> metadata.set(key, value));
        }
    }

    /** @throws RadosException ENOENT for an unknown key, EROFS for an image that is read-only */
    public void remove() throws RadosException {
        maintenance.checkWritable();
        metadata.get(key);
        update(Optional.empty(), () -> metadata.remove(key));
    }

    private void update(Optional<String> value, Maintenance.Verb here) throws RadosException {
        maintenance.run(request -> new NotifyMessage.MetadataUpdate(key, value, request), Progress.NONE, here);
    }
}
