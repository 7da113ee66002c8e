package io.jrados.osd.op;

/** How a stored value is compared (CEPH_OSD_CMPXATTR_OP_*, src/include/rados.h). */
public enum Comparison {
    EQ,
    NE,
    GT,
    GTE,
    LT,
    LTE
}
