package io.jrados.rbd.model;

/** Feature bits of an image (src/include/rbd/features.h). */
public final class Features {
    public static final long LAYERING = 1;
    public static final long STRIPINGV2 = 1 << 1;
    public static final long EXCLUSIVE_LOCK = 1 << 2;
    public static final long OBJECT_MAP = 1 << 3;
    public static final long FAST_DIFF = 1 << 4;
    public static final long DEEP_FLATTEN = 1 << 5;
    public static final long JOURNALING = 1 << 6;
    public static final long DATA_POOL = 1 << 7;
    public static final long OPERATIONS = 1 << 8;
    public static final long MIGRATING = 1 << 9;
    public static final long NON_PRIMARY = 1 << 10;
    public static final long DIRTY_CACHE = 1 << 11;

    private Features() {}
}
