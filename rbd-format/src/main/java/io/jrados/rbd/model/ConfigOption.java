package io.jrados.rbd.model;

/**
 * An option as it is in force for a pool or an image.
 *
 * @param name as in ceph.conf, with underscores
 * @param source who said so
 */
public record ConfigOption(String name, String value, Source source) {
    /** The weakest first. */
    public enum Source {
        /** Ceph's default, the monitors, the file, or the program. */
        CONFIG,
        POOL,
        IMAGE
    }
}
