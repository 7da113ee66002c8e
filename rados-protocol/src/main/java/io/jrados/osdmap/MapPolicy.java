package io.jrados.osdmap;

/** The settings that hold for the whole cluster. */
record MapPolicy(long flags, int requireMinCompatClient, int requireOsdRelease, StretchMode stretch) {
    MapPolicy withFlags(long newFlags) {
        return new MapPolicy(newFlags, requireMinCompatClient, requireOsdRelease, stretch);
    }

    /** With the flags that the required release implies. */
    MapPolicy normalized() {
        long implied = flags;
        if (requireOsdRelease >= Release.LUMINOUS) {
            implied = implied & ~MapFlags.LEGACY_REQUIRE | MapFlags.RECOVERY_DELETES;
        }
        if (requireOsdRelease >= Release.NAUTILUS) {
            implied |= MapFlags.PGLOG_HARDLIMIT;
        }
        return withFlags(implied);
    }
}
