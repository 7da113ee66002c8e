package io.jrados.message;

/** Flags of a whole operation, CEPH_OSD_FLAG_* (src/include/rados.h). */
public final class OsdFlags {
    /** In a request: answer when it is durable. In a reply: it is. */
    public static final int ONDISK = 0x4;

    public static final int RETRY = 0x8;
    public static final int READ = 0x10;
    public static final int WRITE = 0x20;
    /** Fail with EOLDSNAPC when the object knows a newer snapshot context. */
    public static final int ORDERSNAP = 0x40;

    public static final int BALANCE_READS = 0x100;
    /** An operation on a placement group, without an object. */
    public static final int PGOP = 0x400;

    public static final int LOCALIZE_READS = 0x2000;
    /** Ordered as a write is. */
    public static final int RWORDERED = 0x4000;

    /** As the pool's own object, not through its cache. */
    public static final int IGNORE_CACHE = 0x8000;

    /** Past the locks that order operations on an object. */
    public static final int SKIPRWLOCKS = 0x10000;

    public static final int IGNORE_OVERLAY = 0x20000;
    public static final int REDIRECTED = 0x200000;
    public static final int KNOWN_REDIR = 0x400000;
    public static final int FULL_TRY = 0x800000;
    public static final int FULL_FORCE = 0x1000000;
    /** Asks for the object itself, not for the one that it stands for. */
    public static final int IGNORE_REDIRECT = 0x2000000;
    /** Return the outputs of a write that succeeds. */
    public static final int RETURNVEC = 0x4000000;

    public static final int SUPPORTSPOOLEIO = 0x8000000;

    private OsdFlags() {}
}
