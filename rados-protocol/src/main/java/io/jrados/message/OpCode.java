package io.jrados.message;

/** The operations on an object or placement group that this client sends, with Ceph's names (src/include/rados.h). */
public enum OpCode {
    READ(0x1201, "read"),
    STAT(0x1202, "stat"),
    MAPEXT(0x1203, "mapext"),
    SPARSE_READ(0x1205, "sparse-read"),
    NOTIFY(0x1206, "notify"),
    NOTIFY_ACK(0x1207, "notify-ack"),
    ASSERT_VER(0x1208, "assert-version"),
    LIST_WATCHERS(0x1209, "list-watchers"),
    LIST_SNAPS(0x120a, "list-snaps"),
    OMAP_GET_KEYS(0x1211, "omap-get-keys"),
    OMAP_GET_VALS(0x1212, "omap-get-vals"),
    OMAP_GET_HEADER(0x1213, "omap-get-header"),
    OMAP_GET_VALS_BY_KEYS(0x1214, "omap-get-vals-by-keys"),
    OMAP_CMP(0x1219, "omap-cmp"),
    IS_DIRTY(0x121d, "isdirty"),
    CHECKSUM(0x121f, "checksum"),
    CMPEXT(0x1220, "cmpext"),
    CACHE_FLUSH(0x821f, "cache-flush"),
    CACHE_EVICT(0x8220, "cache-evict"),
    CACHE_TRY_FLUSH(0x8221, "cache-try-flush"),
    WRITE(0x2201, "write"),
    WRITEFULL(0x2202, "writefull"),
    TRUNCATE(0x2203, "truncate"),
    ZERO(0x2204, "zero"),
    DELETE(0x2205, "delete"),
    APPEND(0x2206, "append"),
    CREATE(0x220d, "create"),
    ROLLBACK(0x220e, "rollback"),
    WATCH(0x220f, "watch"),
    OMAP_SET_VALS(0x2215, "omap-set-vals"),
    OMAP_SET_HEADER(0x2216, "omap-set-header"),
    OMAP_CLEAR(0x2217, "omap-clear"),
    OMAP_RM_KEYS(0x2218, "omap-rm-keys"),
    COPY_FROM(0x221a, "copy-from"),
    UNDIRTY(0x221c, "undirty"),
    CACHE_PIN(0x2224, "cache-pin"),
    CACHE_UNPIN(0x2225, "cache-unpin"),
    SET_REDIRECT(0x2227, "set-redirect"),
    UNSET_MANIFEST(0x222a, "unset-manifest"),
    OMAP_RM_KEY_RANGE(0x222c, "omap-rm-key-range"),
    SET_ALLOC_HINT(0x2223, "set-alloc-hint"),
    WRITE_SAME(0x2226, "write-same"),
    GETXATTR(0x1301, "getxattr"),
    GETXATTRS(0x1302, "getxattrs"),
    CMPXATTR(0x1303, "cmpxattr"),
    SETXATTR(0x2301, "setxattr"),
    RMXATTR(0x2304, "rmxattr"),
    CALL(0x1401, "call"),
    PGNLS(0x1505, "pgnls"),
    PGNLS_FILTER(0x1506, "pgnls-filter");

    private final int number;
    private final String text;

    OpCode(int number, String text) {
        this.number = number;
        this.text = text;
    }

    public int number() {
        return number;
    }

    /** Ceph's name. */
    @Override
    public String toString() {
        return text;
    }
}
