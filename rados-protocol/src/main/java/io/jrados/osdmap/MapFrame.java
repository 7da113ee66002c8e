package io.jrados.osdmap;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Struct;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.function.Function;
import java.util.zip.CRC32C;

/**
 * The frame that a full map and an incremental have in common: a struct of two structs and a checksum of everything but
 * itself (OSDMap::decode, src/osd/OSDMap.cc). Both are verified over the bytes that came, also those of a full map
 * inside an incremental.
 *
 * <p>An incremental ends with a second checksum, full_crc: that of the full map it leads to, as a monitor encodes it.
 * Who applies the step would have to encode the result the same way to compare it; OSDs do, which keep full maps,
 * clients don't (src/osd/OSD.cc alone reads it), and neither do we. A full map brings that very number as its own.
 */
final class MapFrame {
    private static final int CRC_SIZE = 4;

    private MapFrame() {}

    static <T> T decode(ByteBuf in, Struct struct, Function<Decoder, T> sections) {
        int start = in.readerIndex();
        int[] crc = new int[2];
        T map = new Decoder(in).struct(struct, (body, version) -> {
            T value = sections.apply(body);
            crc[0] = in.readerIndex();
            crc[1] = body.i32();
            return value;
        });
        CRC32C actual = new CRC32C();
        update(actual, in, start, crc[0]);
        update(actual, in, crc[0] + CRC_SIZE, in.readerIndex());
        // Ceph's crc32c neither inverts at the end, nor at the start, where -1 was given
        if (~(int) actual.getValue() != crc[1]) {
            throw new MalformedException(struct + " crc " + Integer.toHexString(~(int) actual.getValue())
                    + " is not the " + Integer.toHexString(crc[1]) + " it claims");
        }
        return map;
    }

    private static void update(CRC32C crc, ByteBuf bytes, int from, int to) {
        for (ByteBuffer part : bytes.nioBuffers(from, to - from)) {
            crc.update(part);
        }
    }
}
