package io.jrados.osdmap;

import io.jrados.wire.Decoder;

/**
 * Whether the cluster is stretched over sites, and how it fares.
 *
 * @param buckets sites
 * @param degraded sites that are left when some are lost, else 0
 * @param recovering 1 while the lost ones come back
 * @param bucket type of the sites
 */
public record StretchMode(boolean enabled, long buckets, long degraded, long recovering, int bucket) {
    static final StretchMode OFF = new StretchMode(false, 0, 0, 0, 0);

    static StretchMode decode(Decoder in) {
        return new StretchMode(in.bool(), in.u32(), in.u32(), in.u32(), in.i32());
    }
}
