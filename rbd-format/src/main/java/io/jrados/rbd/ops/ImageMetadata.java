package io.jrados.rbd.ops;

import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.MetadataCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.io.ClassCalls;
import java.util.LinkedHashMap;
import java.util.Map;

/** An image's keys and values (src/librbd/operation/MetadataSetRequest.cc, src/librbd/operation/MetadataRemoveRequest.cc). */
public final class ImageMetadata {
    private static final long PAGE = 64;

    private final Pool pool;
    private final String header;

    public ImageMetadata(Pool pool, String imageId) {
        this.pool = pool;
        this.header = ObjectNames.header(imageId);
    }

    /** All, in order of keys. */
    public Map<String, byte[]> list() throws RadosException {
        Map<String, byte[]> all = new LinkedHashMap<>();
        String after = "";
        Map<String, byte[]> page;
        do {
            page = ClassCalls.read(pool, header, MetadataCalls.list(after, PAGE));
            for (String key : page.keySet()) {
                after = key;
            }
            all.putAll(page);
        } while (page.size() == PAGE);
        return all;
    }

    /** ENOENT for an unknown key. */
    public byte[] get(String key) throws RadosException {
        return ClassCalls.read(pool, header, MetadataCalls.get(key));
    }

    public void set(String key, byte[] value) throws RadosException {
        ClassCalls.write(pool, header, MetadataCalls.set(Map.of(key, value)));
        HeaderUpdates.announce(pool, header);
    }

    /** ENOENT for an unknown key. */
    public void remove(String key) throws RadosException {
        get(key);
        ClassCalls.write(pool, header, MetadataCalls.remove(key));
        HeaderUpdates.announce(pool, header);
    }
}
