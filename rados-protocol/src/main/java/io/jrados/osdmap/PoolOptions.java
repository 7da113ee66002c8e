package io.jrados.osdmap;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Struct;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** A pool's options by name: pool_opts_t (src/osd/osd_types.cc). */
final class PoolOptions {
    private static final Struct OPTIONS = new Struct("pool_opts_t", 1, 2, 1);

    /** In the order of their numbers. */
    private static final String[] NAMES = {
        "scrub_min_interval",
        "scrub_max_interval",
        "deep_scrub_interval",
        "recovery_priority",
        "recovery_op_priority",
        "scrub_priority",
        "compression_mode",
        "compression_algorithm",
        "compression_required_ratio",
        "compression_max_blob_size",
        "compression_min_blob_size",
        "csum_type",
        "csum_max_block",
        "csum_min_block",
        "fingerprint_algorithm",
        "pg_num_min",
        "target_size_bytes",
        "target_size_ratio",
        "pg_autoscale_bias",
        "read_lease_interval",
        "dedup_tier",
        "dedup_chunk_algorithm",
        "dedup_cdc_chunk_size",
        "pg_num_max",
        "read_ratio",
    };

    private static final int TEXT = 0;
    private static final int INTEGER = 1;
    private static final int DOUBLE = 2;

    private PoolOptions() {}

    static Map<String, Object> decode(Decoder in) {
        return in.struct(OPTIONS, (body, version) -> read(body, version));
    }

    private static Map<String, Object> read(Decoder in, int version) {
        Map<String, Object> options = new TreeMap<>();
        for (int left = in.count(12); left > 0; left--) {
            int key = in.i32();
            Object value = value(in, version);
            options.put(key >= 0 && key < NAMES.length ? NAMES[key] : "option " + key, value);
        }
        return Collections.unmodifiableMap(options);
    }

    /** Version 1 has integers of 32 bits. */
    private static Object value(Decoder in, int version) {
        int type = in.i32();
        return switch (type) {
            case TEXT -> in.string();
            case INTEGER -> version >= 2 ? in.i64() : in.i32();
            case DOUBLE -> in.f64();
            default -> throw new MalformedException("a pool option of type " + type);
        };
    }
}
