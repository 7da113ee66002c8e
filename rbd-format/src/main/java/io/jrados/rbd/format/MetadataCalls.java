package io.jrados.rbd.format;

import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.util.Map;

/** Calls on {@code rbd_header.<id>} or {@code rbd_info}: keys and values (src/cls/rbd/cls_rbd_client.cc). */
public final class MetadataCalls {
    private MetadataCalls() {}

    /** @param max of pairs, 0 for the class's own page of 64 */
    public static ReadCall<Map<String, byte[]>> list(String after, long max) {
        return ReadCall.of(
                "metadata_list", out -> out.string(after).u64(max), in -> in.map(8, Decoder::string, Decoder::bytes));
    }

    /** ENOENT for an unknown key. */
    public static ReadCall<byte[]> get(String key) {
        return ReadCall.of("metadata_get", out -> out.string(key), Decoder::bytes);
    }

    public static WriteCall set(Map<String, byte[]> pairs) {
        return WriteCall.of("metadata_set", out -> out.map(pairs, Encoder::string, Encoder::bytes));
    }

    public static WriteCall remove(String key) {
        return WriteCall.of("metadata_remove", out -> out.string(key));
    }
}
