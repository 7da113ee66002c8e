package io.jrados.rbd.model;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The names that images and snapshots may have. Existing ones with odder names can still be opened. */
public final class Names {
    /** Bytes: with its prefix, a longer name is no object's. */
    public static final int MAX_BYTES = 2041;

    private Names() {}

    /** @throws RadosException EINVAL with the reason */
    public static void checkImage(String name) throws RadosException {
        Objects.requireNonNull(name, "name");
        check("an image", name);
    }

    /** @throws RadosException EINVAL with the reason */
    public static void checkSnapshot(String name) throws RadosException {
        Objects.requireNonNull(name, "name");
        check("a snapshot", name);
    }

    private static void check(String what, String name) throws RadosException {
        if (name.isEmpty()) {
            throw new RadosException(Errno.EINVAL, "naming " + what + ": the name is empty");
        }
        for (char bad : new char[] {'@', '/', '\0'}) {
            if (name.indexOf(bad) >= 0) {
                throw new RadosException(
                        Errno.EINVAL,
                        "naming " + what + " '" + name.replace("\0", "\\0") + "': the name holds "
                                + (bad == 0 ? "a zero byte" : "'" + bad + "'"));
            }
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new RadosException(Errno.EINVAL, "naming " + what + ": the name has half a surrogate pair");
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new RadosException(
                    Errno.EINVAL,
                    "naming " + what + " '" + name.substring(0, 20) + "...': " + bytes + " bytes are over "
                            + MAX_BYTES);
        }
    }
}
