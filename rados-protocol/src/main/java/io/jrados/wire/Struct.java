package io.jrados.wire;

/**
 * The versions of one of Ceph's versioned structs (ENCODE_START, src/include/encoding.h).
 *
 * @param name Ceph's name of it, for errors
 * @param oldest the oldest version that is read; older ones are refused
 * @param newest the version that is known, and written
 * @param compat the oldest decoder that may read what is written
 */
public record Struct(String name, int oldest, int newest, int compat) {
    @Override
    public String toString() {
        return name;
    }
}
