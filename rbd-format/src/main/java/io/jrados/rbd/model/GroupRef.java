package io.jrados.rbd.model;

import java.util.Optional;

/** The group that an image belongs to. Made by this library alone, and may get more properties. */
public interface GroupRef {
    /** The id of the group's pool. */
    long pool();

    /** The name of the group's pool; empty if the pool is gone. */
    Optional<String> poolName();

    String groupId();

    /** The group's name; empty if the group is gone. */
    Optional<String> name();
}
