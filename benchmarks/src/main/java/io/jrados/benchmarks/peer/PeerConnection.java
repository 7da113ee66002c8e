package io.jrados.benchmarks.peer;

import io.jrados.crypto.Crc32c;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * One connection of the acknowledging peer: the accepting half of msgr2.1 in crc mode, as far as a benchmark needs it.
 */
final class PeerConnection {
    private static final int HELLO = 1;
    private static final int AUTH_REQUEST = 2;
    private static final int AUTH_DONE = 6;
    private static final int AUTH_SIGNATURE = 7;
    private static final int CLIENT_IDENT = 8;
    private static final int SERVER_IDENT = 9;
    private static final int MESSAGE = 17;
    private static final int KEEPALIVE2 = 18;
    private static final int KEEPALIVE2_ACK = 19;

    private static final int MON_MAP = 4;
    private static final int MON_SUBSCRIBE = 15;
    private static final long SERVER_SQUID = 1L << 49;
    private static final int MON_GET_VERSION = 19;
    private static final int MON_GET_VERSION_REPLY = 20;
    private static final int OSD_MAP = 41;
    private static final int OSD_OP = 42;
    private static final int OSD_OP_REPLY = 43;

    private static final int PREAMBLE = 32;
    private static final int EPILOGUE = 13;
    private static final int SIGNATURE = 32;
    private static final int OP = 38;
    /** Data of operations up to this size may be class calls. */
    private static final int MAX_CALL = 1024;

    private static final long GLOBAL_ID = 4242;

    private final SocketChannel channel;
    private final boolean monitor;
    private final RecordedMaps maps;
    private final ByteBuffer in =
            ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private final ByteBuf out = Unpooled.directBuffer(1 << 16);
    private long sent;

    PeerConnection(SocketChannel channel, boolean monitor, RecordedMaps maps) {
        this.channel = channel;
        this.monitor = monitor;
        this.maps = maps;
    }

    /** Until the client leaves, which ends with an EOFException. */
    void serve() throws IOException {
        try (channel) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            out.writeBytes("ceph v2\n".getBytes(StandardCharsets.US_ASCII))
                    .writeShortLE(16)
                    .writeLongLE(1)
                    .writeLongLE(0);
            InetSocketAddress client = (InetSocketAddress) channel.getRemoteAddress();
            frame(HELLO, body -> EntityAddr.msgr2(client).encode(body.u8(type())));
            need(10);
            in.position(in.position() + 8);
            skip(Short.toUnsignedInt(in.getShort()));
            while (true) {
                serveFrame();
            }
        } finally {
            out.release();
        }
    }

    private int type() {
        return monitor ? EntityName.MON : EntityName.OSD;
    }

    private void serveFrame() throws IOException {
        need(PREAMBLE);
        int start = in.position();
        int tag = in.get(start);
        int count = in.get(start + 1);
        int[] lengths = new int[4];
        for (int i = 0; i < count; i++) {
            lengths[i] = in.getInt(start + 2 + 6 * i);
        }
        in.position(start + PREAMBLE);
        byte[] first = bytes(lengths[0]);
        skip(lengths[0] == 0 ? 0 : 4);
        byte[] front = bytes(lengths[1]);
        skip(lengths[2]);
        byte[] data = lengths[3] <= MAX_CALL ? bytes(lengths[3]) : new byte[0];
        skip((long) lengths[3] - data.length + (count > 1 ? EPILOGUE : 0));
        answer(tag, first, front, data);
    }

    private void answer(int tag, byte[] first, byte[] front, byte[] data) {
        switch (tag) {
            case AUTH_REQUEST -> {
                frame(AUTH_DONE, body -> body.u64(GLOBAL_ID).u32(1).bytes(new byte[0]));
                frame(AUTH_SIGNATURE, body -> body.zeroes(SIGNATURE));
            }
            case CLIENT_IDENT -> frame(SERVER_IDENT, body -> serverIdent(Decoder.of(first), body));
            case KEEPALIVE2 -> frame(KEEPALIVE2_ACK, body -> body.raw(first));
            case MESSAGE -> {
                Decoder header = Decoder.of(first);
                long tid = header.skip(8).u64();
                message(header.u16(), tid, front, data);
            }
            default -> {
                // HELLO, AUTH_SIGNATURE, ACK: nothing to say.
            }
        }
    }

    private void serverIdent(Decoder in, Encoder body) {
        EntityAddr.decodeVector(in);
        EntityAddr target = EntityAddr.decode(in);
        in.u64();
        long globalSeq = in.u64();
        long features = in.u64() & ~SERVER_SQUID; // operations come as they go to releases before
        EntityAddr.encodeVector(body, List.of(target));
        body.u64(0).u64(globalSeq).u64(features).u64(0).u64(1).u64(0);
    }

    private void message(int type, long tid, byte[] front, byte[] data) {
        switch (type) {
            case MON_SUBSCRIBE -> {
                message(MON_MAP, 1, 1, 0, body -> body.bytes(maps.monMap()));
                message(OSD_MAP, 4, 3, 0, body -> {
                    body.uuid(maps.fsid()).u32(0);
                    body.u32(1).u32(maps.epoch()).bytes(maps.osdMap());
                    body.u32(1).u32(maps.epoch()).u32(0);
                });
            }
            case MON_GET_VERSION -> {
                long handle = Decoder.of(front).u64();
                message(MON_GET_VERSION_REPLY, 2, 1, tid, body -> body.u64(handle)
                        .u64(maps.epoch())
                        .u64(1));
            }
            case OSD_OP -> reply(tid, Decoder.of(front), data);
            default -> {
                // Pings and statistics.
            }
        }
    }

    private void reply(long tid, Decoder op, byte[] data) {
        op.skip(2 + 4 + 1);
        long pool = op.u64();
        int seed = op.i32();
        op.skip(4 + 1 + 4);
        long epoch = op.u32();
        long flags = op.u32();
        op.skip(2).blob(reqid -> 0);
        op.skip(24 + 4 + 8);
        op.skip(2).blob(locator -> 0);
        String object = op.string();
        int count = op.u16();
        byte[] ops = op.raw(count * OP);
        byte[][] outputs = object.startsWith("rbd_data.") ? new byte[count][0] : PeerImage.outputs(ops, data);
        ByteBuf all = Unpooled.buffer();
        message(OSD_OP_REPLY, 8, 2, tid, all, body -> {
            body.string(object).u8(1).u64(pool).i32(seed).i32(-1);
            body.u64(flags).i32(0).zeroes(12).u32(epoch).u32(count);
            for (byte[] output : outputs) {
                body.zeroes(OP - 4).u32(output.length);
                all.writeBytes(output);
            }
            body.i32(-1).zeroes(4 * count).u64(1).u32(epoch).u64(1).u8(0).zeroes(24);
        });
    }

    private void message(int type, int version, int compat, long tid, Consumer<Encoder> front) {
        message(type, version, compat, tid, Unpooled.EMPTY_BUFFER, front);
    }

    private void message(int type, int version, int compat, long tid, ByteBuf data, Consumer<Encoder> front) {
        ByteBuf body = Unpooled.buffer(256);
        front.accept(new Encoder(body));
        ByteBuf header = Unpooled.buffer(41)
                .writeLongLE(++sent)
                .writeLongLE(tid)
                .writeShortLE(type)
                .writeShortLE(127)
                .writeShortLE(version)
                .writeZero(6 + 8)
                .writeByte(1)
                .writeShortLE(compat)
                .writeShortLE(0);
        int frontCrc = Crc32c.of(Crc32c.SEED, body);
        int dataCrc = Crc32c.of(Crc32c.SEED, data);
        preamble(
                MESSAGE, data.isReadable() ? 4 : 2, header.readableBytes(), body.readableBytes(), data.readableBytes());
        segment(header);
        out.writeBytes(body).writeBytes(data);
        out.writeByte(0xe).writeIntLE(frontCrc).writeIntLE(-1).writeIntLE(dataCrc);
    }

    private void frame(int tag, Consumer<Encoder> payload) {
        ByteBuf body = Unpooled.buffer(256);
        payload.accept(new Encoder(body));
        preamble(tag, 1, body.readableBytes(), 0, 0);
        segment(body);
    }

    private void preamble(int tag, int count, int first, int second, int fourth) {
        int start = out.writerIndex();
        out.writeByte(tag)
                .writeByte(count)
                .writeIntLE(first)
                .writeShortLE(8)
                .writeIntLE(second)
                .writeShortLE(8)
                .writeZero(6)
                .writeIntLE(fourth)
                .writeShortLE(8)
                .writeZero(2);
        out.writeIntLE(Crc32c.of(0, out, start, PREAMBLE - 4));
    }

    private void segment(ByteBuf body) {
        int crc = Crc32c.of(Crc32c.SEED, body);
        out.writeBytes(body).writeIntLE(crc);
    }

    private byte[] bytes(int length) throws IOException {
        need(length);
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private void skip(long length) throws IOException {
        long left = length;
        while (left > in.remaining()) {
            left -= in.remaining();
            in.position(in.limit());
            need(1);
        }
        in.position(in.position() + (int) left);
    }

    /** Before it waits for more, everything that is answered goes out: once for all that came with one read. */
    private void need(int length) throws IOException {
        if (in.remaining() >= length) {
            return;
        }
        while (out.isReadable()) {
            out.readBytes(channel, out.readableBytes());
        }
        out.clear();
        in.compact();
        while (in.position() < length) {
            if (channel.read(in) < 0) {
                throw new EOFException();
            }
        }
        in.flip();
    }
}
