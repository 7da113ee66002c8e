package io.jrados.drivers.nova.model;

import java.util.Objects;
import java.util.UUID;

/** The names of an instance's disks. */
public final class DiskNames {
    /** The suffix of a root disk. */
    public static final String ROOT = "disk";

    /** The suffix of the disk that a rescued instance boots from. */
    public static final String RESCUE = "disk.rescue";

    /** The suffix of a config drive. */
    public static final String CONFIG = "disk.config";

    /** The suffix of a rescued instance's config drive. */
    public static final String CONFIG_RESCUE = "disk.config.rescue";

    /** The suffix of the first ephemeral disk. */
    public static final String LOCAL = "disk.local";

    /** The suffix of the swap disk. */
    public static final String SWAP = "disk.swap";

    private DiskNames() {}

    /** The name of an instance's disk: {@code <uuid>_<disk>}. */
    public static String of(UUID instance, String disk) {
        return Objects.requireNonNull(instance, "instance") + "_" + Objects.requireNonNull(disk, "disk");
    }

    /** The name of an instance's root disk. */
    public static String root(UUID instance) {
        return of(instance, ROOT);
    }
}
