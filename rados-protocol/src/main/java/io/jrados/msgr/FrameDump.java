package io.jrados.msgr;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Payload;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One direction of a recorded connection as text: the banner, if the recording begins with one, then a line for each
 * frame. Only crc mode can be read; where a frame's checksum is wrong the rest is encrypted, or damaged.
 */
public final class FrameDump {
    private static final byte[] BANNER = "ceph v2\n".getBytes(StandardCharsets.US_ASCII);

    private final ByteBuf in;
    private final Function<Payload, String> message;
    private final Consumer<String> line;
    private final int start;

    private FrameDump(byte[] bytes, Function<Payload, String> message, Consumer<String> line) {
        in = Unpooled.wrappedBuffer(bytes);
        this.message = message;
        this.line = line;
        start = in.readerIndex();
    }

    /**
     * Hands over one line after the other.
     *
     * @param message what to say of a message, which it owns
     */
    public static void print(byte[] bytes, Function<Payload, String> message, Consumer<String> line) {
        FrameDump dump = new FrameDump(bytes, message, line);
        try {
            dump.banner();
            dump.frames();
        } catch (MalformedException damaged) {
            line.accept(dump.at() + "UNREADABLE  " + damaged.getMessage());
            line.accept(dump.in.readableBytes() + " bytes are left: encrypted (secure mode), or damaged");
        }
    }

    private String at() {
        return String.format(Locale.ROOT, "%8d  ", in.readerIndex() - start);
    }

    private void banner() {
        if (in.readableBytes() < BANNER.length || !in.slice(0, BANNER.length).equals(Unpooled.wrappedBuffer(BANNER))) {
            return;
        }
        String where = at();
        in.skipBytes(BANNER.length);
        Decoder decoder = new Decoder(in);
        int length = decoder.u16();
        ByteBuf payload = decoder.slice(length);
        Decoder features = new Decoder(payload);
        line.accept(where + "BANNER  supported " + Long.toHexString(features.u64()) + ", required "
                + Long.toHexString(features.u64()));
    }

    private void frames() {
        CrcFrameReader reader = new CrcFrameReader(FrameLimits.AUTHENTICATED, true);
        String where = at();
        Frame frame = reader.read(in);
        while (frame != null) {
            line.accept(where + text(frame));
            where = at();
            frame = reader.read(in);
        }
        if (in.isReadable()) {
            line.accept(where + "CUT  " + in.readableBytes() + " bytes of a frame");
        }
    }

    private String text(Frame frame) {
        if (frame.tag() == Tag.MESSAGE) {
            MessageHeader header = MessageHeader.read(frame.header());
            frame.header().release();
            return "MESSAGE  seq " + header.seq() + ", ack " + header.ackSeq() + ", priority " + header.priority()
                    + ", tid " + header.tid() + ", front " + frame.front().readableBytes() + ", middle "
                    + frame.middle().readableBytes() + ", data " + frame.data().readableBytes() + "  "
                    + message.apply(header.with(frame.front(), frame.middle(), frame.data()));
        }
        try {
            return frame.tag() + "  " + control(frame.tag(), new Decoder(frame.header()));
        } finally {
            frame.release();
        }
    }

    private static String control(Tag tag, Decoder in) {
        return switch (tag) {
            case HELLO -> EntityName.typeName(in.u8()) + " sees its peer at " + EntityAddr.decode(in);
            case AUTH_REQUEST ->
                "method " + in.i32() + ", modes " + in.list(4, Decoder::i32) + ", " + in.length() + " bytes";
            case AUTH_BAD_METHOD ->
                "method " + in.i32() + ", result " + in.i32() + ", allowed " + in.list(4, Decoder::i32) + ", modes "
                        + in.list(4, Decoder::i32);
            case AUTH_DONE -> "global id " + in.u64() + ", mode " + in.i32() + ", " + in.length() + " bytes";
            case CLIENT_IDENT -> "at " + EntityAddr.decodeVector(in) + " to " + EntityAddr.decode(in) + ident(in);
            case SERVER_IDENT -> "at " + EntityAddr.decodeVector(in) + ident(in);
            case IDENT_MISSING_FEATURES -> FeatureBits.names(in.u64());
            case SESSION_RESET -> in.bool() ? "full" : "partial";
            case SESSION_RETRY, SESSION_RETRY_GLOBAL, SESSION_RECONNECT_OK, ACK -> Long.toString(in.u64());
            case KEEPALIVE2, KEEPALIVE2_ACK -> Utime.decode(in).toInstant().toString();
            default -> in.remaining() + " bytes";
        };
    }

    private static String ident(Decoder in) {
        return ", id " + in.u64() + ", global sequence " + in.u64() + ", supports " + Long.toHexString(in.u64())
                + ", requires " + Long.toHexString(in.u64()) + ", flags " + in.u64() + ", cookie "
                + Long.toHexString(in.u64());
    }
}
