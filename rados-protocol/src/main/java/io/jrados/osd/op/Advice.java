package io.jrados.osd.op;

/**
 * The use that will be made of a part's bytes: a hint for the OSD's caches (CEPH_OSD_OP_FLAG_FADVISE_*,
 * src/include/rados.h).
 */
public enum Advice {
    RANDOM(0x4),
    SEQUENTIAL(0x8),
    WILLNEED(0x10),
    DONTNEED(0x20),
    NOCACHE(0x40);

    private final int flag;

    Advice(int flag) {
        this.flag = flag;
    }

    int flag() {
        return flag;
    }
}
