package io.jrados.conf;

import java.util.Objects;

/**
 * The name of a client in the cluster: EntityName (src/common/entity_name.cc).
 *
 * @param type {@code client}
 * @param id {@code admin}
 */
public record ClientName(String type, String id) {
    public static final ClientName ADMIN = new ClientName("client", "admin");

    public ClientName {
        if (type.isEmpty() || id.isEmpty()) {
            throw new IllegalArgumentException("a name is TYPE.ID, as client.admin");
        }
    }

    /** Reads {@code client.admin}. */
    public static ClientName parse(String name) {
        Objects.requireNonNull(name, "name");
        int dot = name.indexOf('.');
        if (dot < 0) {
            throw new IllegalArgumentException("a name is TYPE.ID, as client.admin, and not " + name);
        }
        return new ClientName(name.substring(0, dot), name.substring(dot + 1));
    }

    /** {@code client.admin}. */
    @Override
    public String toString() {
        return type + "." + id;
    }
}
