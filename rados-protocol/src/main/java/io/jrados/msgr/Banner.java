package io.jrados.msgr;

import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The first bytes of both directions: {@code ceph v2} and which features of the messenger (not CEPH_FEATURE bits) the
 * sender supports and requires (src/msg/async/ProtocolV2.cc). The revision of all frames follows from it.
 */
final class Banner {
    static final long REVISION_1 = 1;
    static final long COMPRESSION = 2;

    private static final byte[] PREFIX = "ceph v2\n".getBytes(StandardCharsets.US_ASCII);
    private static final int ANY_VERSION = "ceph v".length();
    private static final int PAYLOAD = Long.BYTES + Long.BYTES;
    private static final int SHOWN = 32;

    private Banner() {}

    static ByteBuf write(long supported, long required) {
        return Unpooled.buffer(PREFIX.length + Short.BYTES + PAYLOAD)
                .writeBytes(PREFIX)
                .writeShortLE(PAYLOAD)
                .writeLongLE(supported)
                .writeLongLE(required);
    }

    /** Returns the banner that this client sends. */
    static ByteBuf ours() {
        return write(REVISION_1 | COMPRESSION, REVISION_1);
    }

    /**
     * Steps over the peer's banner once it is there to its end.
     *
     * @return the features that it supports; empty if it is not all there
     * @param doing what the connection is doing, for errors
     * @throws RadosException EOPNOTSUPP if nothing that this client can talk to answers
     */
    static OptionalLong read(ByteBuf in, String doing) throws RadosException {
        int compared = Math.min(in.readableBytes(), PREFIX.length);
        for (int i = 0; i < compared; i++) {
            if (in.getByte(in.readerIndex() + i) != PREFIX[i]) {
                throw stranger(in, i, doing);
            }
        }
        int payloadAt = in.readerIndex() + PREFIX.length + Short.BYTES;
        if (in.writerIndex() < payloadAt) {
            return OptionalLong.empty();
        }
        int length = in.getUnsignedShortLE(payloadAt - Short.BYTES);
        if (length < PAYLOAD) {
            throw new MalformedException("a banner of " + length + " bytes");
        }
        if (in.writerIndex() < payloadAt + length) {
            return OptionalLong.empty();
        }
        long supported = in.getLongLE(payloadAt);
        check(supported, in.getLongLE(payloadAt + Long.BYTES), doing);
        in.readerIndex(payloadAt + length);
        return OptionalLong.of(supported);
    }

    private static void check(long supported, long required, String doing) throws RadosException {
        if ((supported & REVISION_1) == 0) {
            throw new RadosException(
                    Errno.EOPNOTSUPP,
                    doing + ", which speaks messenger 2.0 only (releases before 14.2.11 and 15.2.5 do)");
        }
        long unknown = required & ~(REVISION_1 | COMPRESSION);
        if (unknown != 0) {
            throw new RadosException(
                    Errno.EOPNOTSUPP,
                    doing + ", which requires messenger features this client lacks: " + names(unknown));
        }
    }

    private static String names(long features) {
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < Long.SIZE; bit++) {
            if ((features >>> bit & 1) != 0) {
                names.add("bit " + bit);
            }
        }
        return String.join(", ", names);
    }

    private static RadosException stranger(ByteBuf in, int differsAt, String doing) {
        if (differsAt >= ANY_VERSION) {
            return new RadosException(
                    Errno.EOPNOTSUPP,
                    doing + ", where messenger version 1 answers (use the monitor's v2 address, port 3300 by default)");
        }
        int shown = Math.min(in.readableBytes(), SHOWN);
        byte[] bytes = ByteBufUtil.getBytes(in, in.readerIndex(), shown);
        String text = new String(bytes, StandardCharsets.US_ASCII).replaceAll("[^ -~]", ".");
        return new RadosException(Errno.EOPNOTSUPP, doing + ", where no Ceph daemon answers but \"" + text + "\"");
    }
}
