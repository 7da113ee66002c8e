package io.jrados.osdmap;

import java.util.List;

/** Numbers of Ceph's releases in a map: ceph_release_t (src/common/ceph_releases.h). */
public final class Release {
    public static final int LUMINOUS = 12;
    public static final int MIMIC = 13;
    public static final int NAUTILUS = 14;
    public static final int OCTOPUS = 15;
    public static final int PACIFIC = 16;
    public static final int QUINCY = 17;
    public static final int REEF = 18;
    public static final int SQUID = 19;
    public static final int TENTACLE = 20;

    private static final List<String> NAMES = List.of(
            "unknown",
            "argonaut",
            "bobtail",
            "cuttlefish",
            "dumpling",
            "emperor",
            "firefly",
            "giant",
            "hammer",
            "infernalis",
            "jewel",
            "kraken",
            "luminous",
            "mimic",
            "nautilus",
            "octopus",
            "pacific",
            "quincy",
            "reef",
            "squid",
            "tentacle");

    private Release() {}

    /** Ceph's name of a release: {@code pacific}. */
    public static String name(int number) {
        return number >= 0 && number < NAMES.size() ? NAMES.get(number) : "release " + number;
    }
}
