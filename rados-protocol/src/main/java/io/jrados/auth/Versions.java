package io.jrados.auth;

import io.jrados.error.MalformedException;

/** cephx structs begin with a version but have no length: a newer one can only have more at the end. */
final class Versions {
    private Versions() {}

    static int atLeastOne(int version) {
        if (version < 1) {
            throw new MalformedException("struct version " + version);
        }
        return version;
    }
}
