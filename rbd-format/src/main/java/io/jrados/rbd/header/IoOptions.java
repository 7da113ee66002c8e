package io.jrados.rbd.header;

import io.jrados.conf.CephConf;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.rbd.wait.QosLimits;
import java.time.Duration;

/**
 * Options that the data plane obeys (src/common/options/rbd.yaml.in), as the client, the pool and the image set them:
 * the last is the strongest.
 *
 * @param discardGranularity bytes; smaller pieces of an object are not given back. 0, so none are kept, unless
 *     rbd_skip_partial_discard
 * @param sparseReadThreshold bytes of an object from which on it is read without its holes
 * @param allocHint whether OSDs are told the objects' size
 * @param hintFlags CEPH_OSD_ALLOC_HINT_FLAG_*: whether data can be compressed
 * @param zeroedWriteSameDiscards whether writing the same zeroes gives space back
 * @param copyOnRead whether what is read of a parent is copied
 * @param modifyInterval between two updates of the time of modification; zero for never
 * @param accessInterval between two updates of the time of access; zero for never
 * @param joinsWrites whether small writes that continue each other may leave as one
 * @param invalidateOnTimeout whether a write goes on, with an invalid object map, when an update of the map times out
 */
public record IoOptions(
        long discardGranularity,
        long sparseReadThreshold,
        boolean allocHint,
        int hintFlags,
        boolean zeroedWriteSameDiscards,
        boolean copyOnRead,
        Duration modifyInterval,
        Duration accessInterval,
        boolean joinsWrites,
        boolean invalidateOnTimeout,
        ReadPolicy headReads,
        ReadPolicy snapshotReads,
        ReadPolicy parentReads,
        ReadAheadOptions readAhead,
        QosLimits qos) {
    private static final int COMPRESSIBLE = 256;
    private static final int INCOMPRESSIBLE = 512;

    /** @param conf with what the pool and the image override */
    public static IoOptions of(CephConf conf) {
        ReadPolicy all = policy(conf);
        return new IoOptions(
                conf.bool("rbd_skip_partial_discard") ? conf.bytes("rbd_discard_granularity_bytes") : 0,
                conf.bytes("rbd_sparse_read_threshold_bytes"),
                conf.bool("rbd_enable_alloc_hint"),
                hintFlags(conf.get("rbd_compression_hint")),
                conf.bool("rbd_discard_on_zeroed_write_same"),
                conf.bool("rbd_clone_copy_on_read"),
                Duration.ofSeconds(conf.integer("rbd_mtime_update_interval")),
                Duration.ofSeconds(conf.integer("rbd_atime_update_interval")),
                !conf.get("rbd_io_scheduler").equals("none"),
                conf.bool("rbd_invalidate_object_map_on_timeout"),
                all,
                policy(conf, all, "snap"),
                policy(conf, all, "parent"),
                ReadAheadOptions.of(conf),
                QosLimits.of(conf));
    }

    private static int hintFlags(String hint) {
        return switch (hint) {
            case "compressible" -> COMPRESSIBLE;
            case "incompressible" -> INCOMPRESSIBLE;
            default -> 0;
        };
    }

    private static ReadPolicy policy(CephConf conf) {
        return switch (conf.get("rbd_read_from_replica_policy")) {
            case "balance" -> ReadPolicy.BALANCE;
            case "localize" -> ReadPolicy.LOCALIZE;
            default -> ReadPolicy.DEFAULT;
        };
    }

    private static ReadPolicy policy(CephConf conf, ReadPolicy all, String what) {
        if (conf.bool("rbd_localize_" + what + "_reads")) {
            return ReadPolicy.LOCALIZE;
        }
        return conf.bool("rbd_balance_" + what + "_reads") ? ReadPolicy.BALANCE : all;
    }
}
