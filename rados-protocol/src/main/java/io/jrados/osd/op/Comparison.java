package io.jrados.osd.op;

/**
 * The comparison of a stored value with a given one (CEPH_OSD_CMPXATTR_OP_*, src/include/rados.h). The given value
 * stands on the left: {@code GT} holds when it is greater than what is stored. Nothing stored compares as empty.
 */
public enum Comparison {
    EQ(1),
    NE(2),
    GT(3),
    GTE(4),
    LT(5),
    LTE(6);

    private final int number;

    Comparison(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
