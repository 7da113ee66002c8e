package io.jrados.osdmap;

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

    private Release() {}
}
