package io.jrados.message;

import io.jrados.wire.Encoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One part of an operation: ceph_osd_op (src/include/rados.h) and its input. Immutable. The 28 bytes that every kind of
 * part lays out in its own way are three 64-bit numbers and one of 32 bits here.
 *
 * <p>The input is borrowed memory: nothing here copies a caller's buffer, or releases it.
 */
public final class Op {
    /** Create only if absent. */
    public static final int EXCL = 0x1;

    /** Go on with the next part when this one fails. */
    public static final int FAILOK = 0x2;

    /** A watch's ways of calling: CEPH_OSD_WATCH_OP_*. */
    public static final int UNWATCH = 0;

    public static final int WATCH = 3;
    public static final int RECONNECT = 5;
    public static final int PING = 7;

    private static final int CMPXATTR_STRING = 1;
    private static final int CMPXATTR_U64 = 2;
    private static final int NOTIFY_VERSION = 1;

    private final OpCode code;
    private final int flags;
    private final long first;
    private final long second;
    private final long third;
    private final int fourth;
    private final ByteBuf input;

    private Op(OpCode code, int flags, long first, long second, long third, int fourth, ByteBuf input) {
        this.code = code;
        this.flags = flags;
        this.first = first;
        this.second = second;
        this.third = third;
        this.fourth = fourth;
        this.input = input;
    }

    private static Op of(OpCode code, long first, long second, long third, ByteBuf input) {
        return new Op(code, 0, first, second, third, 0, input);
    }

    /** A part without arguments. */
    public static Op plain(OpCode code) {
        return of(code, 0, 0, 0, Unpooled.EMPTY_BUFFER);
    }

    /** A part about a range of bytes. */
    public static Op extent(OpCode code, long offset, long length) {
        return of(code, offset, length, 0, Unpooled.EMPTY_BUFFER);
    }

    /** A part that carries the remaining bytes of {@code data} for a range that starts at {@code offset}. */
    public static Op data(OpCode code, long offset, ByteBuffer data) {
        return of(code, offset, data.remaining(), 0, Unpooled.wrappedBuffer(data));
    }

    /**
     * A part that carries the remaining bytes of several buffers, one after the other, for a range that starts at
     * {@code offset}.
     */
    public static Op data(OpCode code, long offset, List<ByteBuffer> data) {
        ByteBuf input = Unpooled.wrappedBuffer(data.toArray(new ByteBuffer[0]));
        return of(code, offset, input.readableBytes(), 0, input);
    }

    /** Repeats {@code pattern} over {@code length} bytes, a multiple of the pattern's. */
    public static Op writeSame(long offset, long length, ByteBuffer pattern) {
        return of(OpCode.WRITE_SAME, offset, length, pattern.remaining(), Unpooled.wrappedBuffer(pattern.duplicate()));
    }

    /** A part whose arguments are all in its input: the omap family. */
    public static Op encoded(OpCode code, Consumer<Encoder> arguments) {
        ByteBuf input = input(arguments);
        return of(code, 0, input.readableBytes(), 0, input);
    }

    /** A part about one extended attribute. */
    public static Op xattr(OpCode code, String name, byte[] value) {
        return xattr(code, name, value, 0, 0);
    }

    /** Compares an attribute with a string of bytes; {@code how} is CEPH_OSD_CMPXATTR_OP_*. */
    public static Op compareXattr(String name, int how, byte[] value) {
        return xattr(OpCode.CMPXATTR, name, value, how, CMPXATTR_STRING);
    }

    /** Compares an attribute that is a decimal number; {@code how} is CEPH_OSD_CMPXATTR_OP_*. */
    public static Op compareXattr(String name, int how, long value) {
        byte[] encoded = Encoder.bytesOf(out -> out.u64(value));
        return xattr(OpCode.CMPXATTR, name, encoded, how, CMPXATTR_U64);
    }

    private static Op xattr(OpCode code, String name, byte[] value, int how, int mode) {
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        return of(
                code,
                key.length | (long) value.length << 32,
                how | (long) mode << 8,
                0,
                Unpooled.wrappedBuffer(key, value));
    }

    /** Calls a method of an object class. */
    public static Op call(String objectClass, String method, byte[] argument) {
        return call(objectClass, method, argument, List.of());
    }

    /**
     * Calls a method of an object class.
     *
     * @param rest of the argument: the remaining bytes of each
     */
    public static Op call(String objectClass, String method, byte[] argument, List<ByteBuffer> rest) {
        byte[] cls = objectClass.getBytes(StandardCharsets.UTF_8);
        byte[] name = method.getBytes(StandardCharsets.UTF_8);
        if (cls.length > 255 || name.length > 255) {
            throw new IllegalArgumentException("a class or method name over 255 bytes: " + objectClass + "." + method);
        }
        ByteBuf input = Unpooled.wrappedBuffer(cls, name, argument);
        long length = argument.length;
        if (!rest.isEmpty()) {
            ByteBuf[] parts = new ByteBuf[rest.size() + 1];
            parts[0] = input;
            for (int i = 1; i < parts.length; i++) {
                parts[i] = Unpooled.wrappedBuffer(rest.get(i - 1).duplicate());
                length += parts[i].readableBytes();
            }
            input = Unpooled.wrappedBuffer(parts.length, parts);
        }
        return of(OpCode.CALL, cls.length | name.length << 8 | length << 24, 0, 0, input);
    }

    /** Fails unless the object's version is {@code version}: ERANGE when it is newer, EOVERFLOW when older. */
    public static Op assertVersion(long version) {
        return of(OpCode.ASSERT_VER, 0, version, 0, Unpooled.EMPTY_BUFFER);
    }

    /**
     * Checksums of a range.
     *
     * @param type CEPH_OSD_CHECKSUM_OP_TYPE_*
     * @param chunk bytes of each, 0 for one over the whole range
     * @param seed what they start from, as wide as they are
     */
    public static Op checksum(int type, long offset, long length, int chunk, byte[] seed) {
        long third = (chunk & 0xffffffffL) | (long) type << 32;
        return of(OpCode.CHECKSUM, offset, length, third, Unpooled.wrappedBuffer(seed));
    }

    /**
     * Copies another object, or points to one.
     *
     * @param code COPY_FROM or SET_REDIRECT
     * @param snapId of the source
     * @param version of the source, 0 for any
     */
    public static Op from(OpCode code, String name, ObjectLocator locator, long snapId, long version) {
        ByteBuf input = input(out -> {
            out.string(name);
            locator.encode(out);
        });
        return of(code, snapId, version, 0, input);
    }

    /** Brings a snapshot's state back. */
    public static Op rollback(long snapId) {
        return of(OpCode.ROLLBACK, snapId, 0, 0, Unpooled.EMPTY_BUFFER);
    }

    /** Tells how large the object and its writes will be, and may fail; {@code hints} is CEPH_OSD_ALLOC_HINT_FLAG_*. */
    public static Op allocHint(long objectSize, long writeSize, int hints) {
        long third = hints & 0xffffffffL;
        return new Op(OpCode.SET_ALLOC_HINT, FAILOK, objectSize, writeSize, third, 0, Unpooled.EMPTY_BUFFER);
    }

    /**
     * Registers, renews or ends a watch.
     *
     * @param cookie the watch's handle
     * @param how {@link #WATCH}, {@link #RECONNECT}, {@link #PING} or {@link #UNWATCH}
     * @param generation grows with each registration of the same watch
     * @param timeoutSeconds 0 for the OSD's default
     */
    public static Op watch(long cookie, int how, int generation, int timeoutSeconds) {
        long third = how | (generation & 0xffffffffL) << 8 | (long) timeoutSeconds << 40;
        return new Op(OpCode.WATCH, 0, cookie, 0, third, timeoutSeconds >>> 24, Unpooled.EMPTY_BUFFER);
    }

    /** Tells all watchers something; the reply's output is the notification's id. */
    public static Op notify(long cookie, int timeoutSeconds, byte[] message) {
        ByteBuf input = input(out -> out.u32(NOTIFY_VERSION).u32(timeoutSeconds).bytes(message));
        return of(OpCode.NOTIFY, cookie, 0, 0, input);
    }

    /** Answers a notification. */
    public static Op notifyAck(long notifyId, long cookie, byte[] answer) {
        return of(OpCode.NOTIFY_ACK, 0, 0, 0, input(out -> out.u64(notifyId)
                .u64(cookie)
                .bytes(answer)));
    }

    /**
     * Lists up to {@code count} objects of a placement group from {@code cursor} on.
     *
     * @param filter the kind of a filter and its arguments
     */
    public static Op list(long count, long epoch, HObject cursor, Optional<byte[]> filter) {
        ByteBuf input = input(out -> {
            filter.ifPresent(encoded -> out.string("pg").string("filter").raw(encoded));
            cursor.encode(out);
        });
        OpCode code = filter.isPresent() ? OpCode.PGNLS_FILTER : OpCode.PGNLS;
        return of(code, count, epoch & 0xffffffffL, 0, input);
    }

    private static ByteBuf input(Consumer<Encoder> writer) {
        Encoder out = Encoder.heap();
        writer.accept(out);
        return out.take();
    }

    /** This part with more CEPH_OSD_OP_FLAG_* bits. */
    public Op withFlags(int more) {
        return new Op(code, flags | more, first, second, third, fourth, input);
    }

    public OpCode code() {
        return code;
    }

    public int flags() {
        return flags;
    }

    /** Returns the start of a part's range. */
    public long offset() {
        return first;
    }

    /** Bytes of the range that a part is about, 0 for other parts and for one that is about all from its offset on. */
    public long rangeLength() {
        return switch (code) {
            case WRITE, WRITEFULL, WRITE_SAME, ZERO, CMPEXT -> second;
            default -> 0;
        };
    }

    /** A part that has its own copy of the input, on the heap. */
    Op copied() {
        return new Op(code, flags, first, second, third, fourth, Unpooled.copiedBuffer(input));
    }

    /** Whether somebody besides this part holds the input. */
    boolean inputHeld() {
        return input.refCnt() > 1;
    }

    /** Bytes of input. */
    public int inputLength() {
        return input.readableBytes();
    }

    /** Bytes of a throttle that this part takes: its input and what it may return. */
    public long budget() {
        boolean returnsRange = code == OpCode.READ || code == OpCode.SPARSE_READ;
        return returnsRange ? second : input.readableBytes();
    }

    void encode(Encoder out) {
        out.u16(code.number())
                .u32(flags)
                .u64(first)
                .u64(second)
                .u64(third)
                .i32(fourth)
                .u32(input.readableBytes());
    }

    /** The inputs of all parts, one after the other, shared and not copied. The caller owns the result. */
    static ByteBuf inputs(List<Op> ops) {
        int inputs = 0;
        ByteBuf only = Unpooled.EMPTY_BUFFER;
        for (Op op : ops) {
            if (op.input.isReadable()) {
                inputs++;
                only = op.input;
            }
        }
        if (inputs <= 1) {
            return only.retainedDuplicate();
        }
        ByteBuf[] components = new ByteBuf[inputs];
        int at = 0;
        for (Op op : ops) {
            if (op.input.isReadable()) {
                components[at++] = op.input.retainedDuplicate();
            }
        }
        return Unpooled.wrappedBuffer(inputs, components);
    }

    /** As Ceph prints it, roughly: "write 0~4096". */
    @Override
    public String toString() {
        return switch (code) {
            case READ, SPARSE_READ, WRITE, WRITEFULL, ZERO, TRUNCATE, APPEND, CMPEXT, WRITE_SAME, CHECKSUM ->
                code + " " + first + "~" + second;
            default -> code.toString();
        };
    }
}
