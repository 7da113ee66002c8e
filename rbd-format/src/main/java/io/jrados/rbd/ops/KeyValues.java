package io.jrados.rbd.ops;

import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.MetadataCalls;
import io.jrados.rbd.header.ClassCalls;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keys and values in a header or in {@code rbd_info}. */
final class KeyValues {
    private static final long PAGE = 64;

    private final Pool pool;
    private final String object;

    KeyValues(Pool pool, String object) {
        this.pool = pool;
        this.object = object;
    }

    /** Lists the pairs whose keys begin so, in order of keys; empty where the object is not. */
    Map<String, byte[]> list(String prefix) throws RadosException {
        Map<String, byte[]> all = new LinkedHashMap<>();
        String after = prefix;
        Map<String, byte[]> page;
        do {
            String from = after;
            page = Tolerate.absent(() -> ClassCalls.read(pool, object, MetadataCalls.list(from, PAGE)))
                    .orElse(Map.of());
            for (Map.Entry<String, byte[]> pair : page.entrySet()) {
                after = pair.getKey();
                if (!after.startsWith(prefix)) {
                    return all;
                }
                all.put(after, pair.getValue());
            }
        } while (page.size() == PAGE);
        return all;
    }

    /** ENOENT for an unknown key. */
    byte[] get(String key) throws RadosException {
        return ClassCalls.read(pool, object, MetadataCalls.get(key));
    }

    void set(String key, byte[] value) throws RadosException {
        ClassCalls.write(pool, object, MetadataCalls.set(Map.of(key, value)));
    }

    /** ENOENT for an unknown key. */
    void remove(String key) throws RadosException {
        get(key);
        ClassCalls.write(pool, object, MetadataCalls.remove(key));
    }
}
