package io.jrados.message;

import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Struct;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An object's full name and place in the order in which a placement group keeps its objects: hobject_t
 * (src/common/hobject.h). Ordered bitwise: by pool, bit-reversed hash, namespace, effective key, name and snapshot.
 *
 * @param key of the locator, empty when it is the name
 * @param snap {@code -2} for the head
 * @param hash of the name, 32 bits
 * @param max whether this is the end of all objects
 * @param pool {@link Long#MIN_VALUE} for the start of all objects
 */
public record HObject(String key, String name, long snap, int hash, boolean max, String namespace, long pool)
        implements Comparable<HObject> {
    private static final Struct STRUCT = new Struct("hobject_t", 4, 4, 3);

    /** Before all objects. */
    public static final HObject MIN = new HObject("", "", 0, 0, false, "", Long.MIN_VALUE);

    /** After all objects. */
    public static final HObject MAX = new HObject("", "", 0, 0, true, "", Long.MIN_VALUE);

    public static HObject decode(Decoder in) {
        return in.struct(STRUCT, (body, version) -> {
            HObject read = new HObject(
                    body.string(), body.string(), body.u64(), body.i32(), body.bool(), body.string(), body.i64());
            return read.max ? MAX : read.isOldMin() ? MIN : read;
        });
    }

    /** Tells whether this is the start as old OSDs wrote it. */
    private boolean isOldMin() {
        return pool == -1 && snap == 0 && hash == 0 && name.isEmpty();
    }

    public void encode(Encoder out) {
        out.struct(STRUCT, body -> body.string(key)
                .string(name)
                .u64(snap)
                .i32(hash)
                .bool(max)
                .string(namespace)
                .u64(pool));
    }

    @Override
    public int compareTo(HObject other) {
        int order = Boolean.compare(max, other.max);
        order = order != 0 ? order : Long.compare(pool, other.pool);
        order = order != 0 ? order : Integer.compareUnsigned(Integer.reverse(hash), Integer.reverse(other.hash));
        order = order != 0 ? order : compareBytes(namespace, other.namespace);
        order = order != 0 || (key.isEmpty() && other.key.isEmpty())
                ? order
                : compareBytes(effectiveKey(), other.effectiveKey());
        order = order != 0 ? order : compareBytes(name, other.name);
        return order != 0 ? order : Long.compareUnsigned(snap, other.snap);
    }

    private String effectiveKey() {
        return key.isEmpty() ? name : key;
    }

    private static int compareBytes(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
