package io.jrados.rbd.ops;

import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.ObjectNames;
import java.util.Map;

/**
 * An image's keys and values (src/librbd/operation/MetadataSetRequest.cc,
 * src/librbd/operation/MetadataRemoveRequest.cc).
 */
public final class ImageMetadata {
    private final Pool pool;
    private final String header;
    private final KeyValues pairs;

    public ImageMetadata(Pool pool, String imageId) {
        this.pool = pool;
        this.header = ObjectNames.header(imageId);
        this.pairs = new KeyValues(pool, header);
    }

    /** All, in order of keys. */
    public Map<String, byte[]> list() throws RadosException {
        return pairs.list("");
    }

    /** ENOENT for an unknown key. */
    public byte[] get(String key) throws RadosException {
        return pairs.get(key);
    }

    public void set(String key, byte[] value) throws RadosException {
        changing(() -> pairs.set(key, value));
    }

    /** ENOENT for an unknown key. */
    public void remove(String key) throws RadosException {
        changing(() -> pairs.remove(key));
    }

    /** A change that failed may have had its effect: everybody is told all the same. */
    private void changing(Maintenance.Verb change) throws RadosException {
        try {
            change.execute();
        } catch (Throwable failed) {
            HeaderUpdate.tellAsync(pool, header);
            throw failed;
        }
        Maintenance.announce(pool, header);
    }
}
