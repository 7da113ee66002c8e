package io.jrados.rados;

import io.jrados.wire.Encoder;
import java.util.Objects;

/** A filter that OSDs apply to a listing: PGLSFilter (src/osd/PGLSFilter.h, src/objclass/objclass.h). */
public final class ObjectFilter {
    /** Attributes of users have it on the OSDs; elsewhere nobody sees it. */
    private static final String ATTRIBUTE_PREFIX = "_";

    private final byte[] encoded;

    private ObjectFilter(byte[] encoded) {
        this.encoded = encoded;
    }

    /** Objects whose extended attribute has this value. */
    public static ObjectFilter xattrEquals(String name, String value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        return new ObjectFilter(Encoder.bytesOf(
                out -> out.string("plain").string(ATTRIBUTE_PREFIX + name).string(value)));
    }

    /** Returns the filter of an object class; EINVAL when the OSDs don't have it. */
    public static ObjectFilter ofClass(String objectClass, String filter, byte[] arguments) {
        Objects.requireNonNull(objectClass, "objectClass");
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(arguments, "arguments");
        return new ObjectFilter(
                Encoder.bytesOf(out -> out.string(objectClass + "." + filter).raw(arguments)));
    }

    byte[] encoded() {
        return encoded;
    }
}
