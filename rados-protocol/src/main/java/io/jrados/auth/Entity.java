package io.jrados.auth;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityName;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The name that logs in, as keyrings and {@code ceph auth ls} write it: {@code client.admin}. EntityName of
 * src/common/entity_name.h, not to be taken for the number on the wire, {@link EntityName}.
 *
 * @param type {@link EntityName#CLIENT} or another constant there
 * @param id what follows the dot
 */
public record Entity(int type, String id) {
    private static final int[] TYPES = {
        EntityName.CLIENT, EntityName.MON, EntityName.OSD, EntityName.MDS, EntityName.MGR, EntityName.AUTH
    };

    public Entity {
        Objects.requireNonNull(id);
    }

    /**
     * Reads {@code client.admin}.
     *
     * @throws RadosException EINVAL unless it is a type, a dot and an id
     */
    public static Entity parse(String name) throws RadosException {
        int dot = name.indexOf('.');
        if (dot > 0 && dot < name.length() - 1) {
            String word = name.substring(0, dot);
            int type = IntStream.of(TYPES)
                    .filter(known -> EntityName.typeName(known).equals(word))
                    .findFirst()
                    .orElse(0);
            if (type != 0) {
                return new Entity(type, name.substring(dot + 1));
            }
        }
        throw new RadosException(Errno.EINVAL, "reading the name '" + name + "', which should be like client.admin");
    }

    static Entity decode(Decoder in) {
        return new Entity(in.i32(), in.string());
    }

    void encode(Encoder out) {
        out.u32(type).string(id);
    }

    @Override
    public String toString() {
        return EntityName.typeName(type) + "." + id;
    }
}
