package io.jrados.rbd.ops;

import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.ObjectNames;
import java.util.Map;

/** A pool's keys and values, kept in its default namespace (src/librbd/api/PoolMetadata.cc). */
public final class PoolMetadata {
    private final KeyValues pairs;

    public PoolMetadata(Pool pool) {
        this.pairs = new KeyValues(pool.inNamespace(""), ObjectNames.INFO);
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
        pairs.set(key, value);
    }

    /** ENOENT for an unknown key. */
    public void remove(String key) throws RadosException {
        pairs.remove(key);
    }
}
