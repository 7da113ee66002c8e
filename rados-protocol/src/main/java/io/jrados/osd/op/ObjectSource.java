package io.jrados.osd.op;

import io.jrados.message.ObjectLocator;
import java.util.OptionalLong;

/**
 * An object that the OSDs read themselves, to copy it or to point to it. It may be in another pool.
 *
 * @param pool its id
 * @param namespace empty for the default one
 * @param key that it is found by, empty for its name
 * @param snapId {@link SnapContext#HEAD} or a snapshot's
 * @param version ERANGE or EOVERFLOW unless it has this one; empty for any
 */
public record ObjectSource(long pool, String namespace, String key, String object, long snapId, OptionalLong version) {
    /** The head of an object, in whatever version. */
    public ObjectSource(long pool, String namespace, String object) {
        this(pool, namespace, "", object, SnapContext.HEAD, OptionalLong.empty());
    }

    public ObjectSource atSnap(long snap) {
        return new ObjectSource(pool, namespace, key, object, snap, version);
    }

    public ObjectSource atVersion(long known) {
        return new ObjectSource(pool, namespace, key, object, snapId, OptionalLong.of(known));
    }

    ObjectLocator locator() {
        return new ObjectLocator(pool, key, namespace, ObjectLocator.NO_HASH);
    }
}
