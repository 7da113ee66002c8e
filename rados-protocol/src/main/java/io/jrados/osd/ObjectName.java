package io.jrados.osd;

import io.jrados.osdmap.PgId;
import io.jrados.osdmap.PoolInfo;
import java.util.OptionalInt;

/**
 * The subject of an operation: an object, or a placement group when there is a seed.
 *
 * @param namespace empty for the default one
 * @param key the locator's: what is hashed instead of the name; empty for the name
 * @param name empty for a placement group
 * @param seed of the group, whole or folded
 */
public record ObjectName(long pool, String poolName, String namespace, String key, String name, OptionalInt seed) {
    /** An object. */
    public ObjectName(long pool, String poolName, String namespace, String name) {
        this(pool, poolName, namespace, "", name, OptionalInt.empty());
    }

    /** An object that is found by a key. */
    public ObjectName(long pool, String poolName, String namespace, String key, String name) {
        this(pool, poolName, namespace, key, name, OptionalInt.empty());
    }

    /** A placement group of a pool. */
    public static ObjectName group(long pool, String poolName, String namespace, int seed) {
        return new ObjectName(pool, poolName, namespace, "", "", OptionalInt.of(seed));
    }

    /** The raw group in a pool that may be a cache of the object's. */
    PgId rawIn(PoolInfo target) {
        return seed.isPresent() ? new PgId(target.id(), seed.getAsInt()) : target.rawPgOf(name, key, namespace);
    }

    /** {@code object foo in pool rbd/ns}, for errors. */
    @Override
    public String toString() {
        String where = "pool " + poolName + (namespace.isEmpty() ? "" : "/" + namespace);
        return seed.isPresent()
                ? "group " + new PgId(pool, seed.getAsInt()) + " of " + where
                : "object " + name + " in " + where;
    }
}
