package io.jrados.message;

import io.jrados.wire.Decoder;
import io.jrados.wire.Struct;

/**
 * The statistics of one pool: pool_stat_t with its object_stat_sum_t and store_statfs_t (src/osd/osd_types.cc).
 *
 * <pre>
 *   v7  from Nautilus on; older ones are refused
 * </pre>
 *
 * @param objects the part that counts objects and operations
 * @param store the part that counts bytes of the OSDs' stores
 * @param logSize entries of the groups' logs
 * @param up copies that are up
 * @param acting copies that are acting
 * @param stores how many stores were added up
 */
public record PoolStat(Objects objects, Store store, long logSize, int up, int acting, int stores) {
    private static final Struct STRUCT = new Struct("pool_stat_t", 7, 7, 5);
    private static final Struct COLLECTION = new Struct("object_stat_collection_t", 2, 2, 2);

    public static PoolStat decode(Decoder in) {
        return in.struct(STRUCT, (body, version) -> {
            Objects objects = body.struct(COLLECTION, (collection, collectionVersion) -> {
                Objects sum = Objects.decode(collection);
                collection.u32();
                return sum;
            });
            long logSize = body.i64();
            body.i64();
            int up = body.i32();
            int acting = body.i32();
            return new PoolStat(objects, Store.decode(body), logSize, up, acting, body.i32());
        });
    }

    /**
     * object_stat_sum_t, of which what librados tells its callers; the rest is stepped over.
     *
     * @param bytes of data, each object counted once
     * @param copies objects times their copies
     */
    public record Objects(
            long bytes,
            long count,
            long clones,
            long copies,
            long missingOnPrimary,
            long degraded,
            long unfound,
            long reads,
            long readKib,
            long writes,
            long writeKib) {
        private static final Struct STRUCT = new Struct("object_stat_sum_t", 14, 20, 14);

        static Objects decode(Decoder in) {
            return in.struct(
                    STRUCT,
                    (body, version) -> new Objects(
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64()));
        }
    }

    /**
     * store_statfs_t.
     *
     * @param total bytes of the stores, 0 here: only whole stores know
     * @param stored bytes that callers wrote, times their copies
     * @param allocated bytes that this takes
     */
    public record Store(
            long total,
            long available,
            long reserved,
            long allocated,
            long stored,
            long compressed,
            long compressedAllocated,
            long compressedOriginal,
            long omapAllocated,
            long metadata) {
        private static final Struct STRUCT = new Struct("store_statfs_t", 1, 1, 1);

        static Store decode(Decoder in) {
            return in.struct(
                    STRUCT,
                    (body, version) -> new Store(
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64(),
                            body.i64()));
        }
    }
}
