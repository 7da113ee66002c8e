package io.jrados.message;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Struct;

/**
 * The place where an object is looked for: object_locator_t (src/osd/osd_types.cc).
 *
 * @param pool its pool, -1 for none
 * @param key hashed instead of the name, empty for none
 * @param namespace empty for the default one
 * @param hash used instead of a hash when it is not {@link #NO_HASH}; never together with a key
 */
public record ObjectLocator(long pool, String key, String namespace, long hash) {
    public static final long NO_HASH = -1;

    private static final Struct STRUCT = new Struct("object_locator_t", 6, 6, 3);
    private static final int COMPAT_WITH_HASH = 6;

    public ObjectLocator {
        if (hash != NO_HASH && !key.isEmpty()) {
            throw new MalformedException("an object locator with both a key and a hash");
        }
    }

    /** An object of a pool and namespace, found by its name. */
    public ObjectLocator(long pool, String namespace) {
        this(pool, "", namespace, NO_HASH);
    }

    public static ObjectLocator decode(Decoder in) {
        return in.struct(STRUCT, (body, version) -> {
            long pool = body.i64();
            body.skip(4);
            return new ObjectLocator(pool, body.string(), body.string(), body.i64());
        });
    }

    public void encode(Encoder out) {
        int compat = hash == NO_HASH ? STRUCT.compat() : COMPAT_WITH_HASH;
        int struct = out.begin(STRUCT.newest(), compat);
        out.u64(pool).i32(-1).string(key).string(namespace).u64(hash).end(struct);
    }
}
