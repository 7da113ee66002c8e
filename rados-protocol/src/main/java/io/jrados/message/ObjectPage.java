package io.jrados.message;

import io.jrados.wire.Decoder;
import io.jrados.wire.Struct;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The answer to {@link Op#list}: pg_nls_response_t (src/osd/osd_types.h). The part's code is 1 when the placement group
 * has no more.
 *
 * @param next where the next page begins
 */
public record ObjectPage(HObject next, List<Entry> entries) {
    private static final Struct STRUCT = new Struct("pg_nls_response_t", 1, 1, 1);

    /** One object; its key is empty unless it was written with one. */
    public record Entry(String namespace, String name, String key) {
        static Entry decode(Decoder in) {
            return new Entry(in.string(), in.string(), in.string());
        }
    }

    /** Reads the output of the part. */
    public static ObjectPage decode(ByteBuf output) {
        return new Decoder(output)
                .struct(STRUCT, (body, version) -> new ObjectPage(HObject.decode(body), body.list(12, Entry::decode)));
    }
}
