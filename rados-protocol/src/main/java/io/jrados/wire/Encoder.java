package io.jrados.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Writes Ceph's little-endian encoding. Owns its buffer until {@link #take()} or {@link #toBytes()} gives it away. */
public final class Encoder {
    private final ByteBuf out;

    /** Appends to {@code out}, which the caller keeps. */
    public Encoder(ByteBuf out) {
        this.out = out;
    }

    /** On a heap buffer: for control structs. */
    public static Encoder heap() {
        return new Encoder(Unpooled.buffer(64));
    }

    /** On a pooled direct buffer: for what goes to a socket. */
    public static Encoder pooled(int capacity) {
        return new Encoder(ByteBufAllocator.DEFAULT.directBuffer(capacity));
    }

    /** The bytes of one value. */
    public static byte[] bytesOf(Consumer<Encoder> writer) {
        Encoder out = heap();
        writer.accept(out);
        return out.toBytes();
    }

    /** Gives the buffer away. */
    public ByteBuf take() {
        return out;
    }

    /** Copies what was written and releases the buffer. */
    public byte[] toBytes() {
        byte[] bytes = ByteBufUtil.getBytes(out);
        out.release();
        return bytes;
    }

    public Encoder u8(int value) {
        out.writeByte(value);
        return this;
    }

    public Encoder bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    public Encoder u16(int value) {
        out.writeShortLE(value);
        return this;
    }

    /** Two bytes in network order: ports. */
    public Encoder u16be(int value) {
        out.writeShort(value);
        return this;
    }

    public Encoder u32(long value) {
        out.writeIntLE((int) value);
        return this;
    }

    public Encoder i32(int value) {
        out.writeIntLE(value);
        return this;
    }

    public Encoder u64(long value) {
        out.writeLongLE(value);
        return this;
    }

    /** Length and UTF-8 bytes. */
    public Encoder string(String value) {
        int at = out.writerIndex();
        out.writeIntLE(0);
        int length = out.writeCharSequence(value, StandardCharsets.UTF_8);
        out.setIntLE(at, length);
        return this;
    }

    /** Length and bytes. */
    public Encoder bytes(byte[] value) {
        out.writeIntLE(value.length);
        out.writeBytes(value);
        return this;
    }

    /** Bytes alone. */
    public Encoder raw(byte[] value) {
        out.writeBytes(value);
        return this;
    }

    /** Copies the readable bytes, without a length; the argument is neither moved nor released. */
    public Encoder raw(ByteBuf value) {
        out.writeBytes(value, value.readerIndex(), value.readableBytes());
        return this;
    }

    /** {@code count} zero bytes. */
    public Encoder zeroes(int count) {
        out.writeZero(count);
        return this;
    }

    /** A length-prefixed blob of whatever the writer writes. */
    public Encoder blob(Consumer<Encoder> writer) {
        int at = out.writerIndex();
        out.writeIntLE(0);
        writer.accept(this);
        out.setIntLE(at, out.writerIndex() - at - 4);
        return this;
    }

    public <T> Encoder list(Collection<T> values, BiConsumer<Encoder, T> element) {
        u32(values.size());
        for (T value : values) {
            element.accept(this, value);
        }
        return this;
    }

    public <K, V> Encoder map(Map<K, V> values, BiConsumer<Encoder, K> key, BiConsumer<Encoder, V> value) {
        u32(values.size());
        values.forEach((k, v) -> {
            key.accept(this, k);
            value.accept(this, v);
        });
        return this;
    }

    /** A 4-byte count and 64-bit numbers. */
    public Encoder u64s(long[] values) {
        u32(values.length);
        for (long value : values) {
            u64(value);
        }
        return this;
    }

    public <T> Encoder optional(Optional<T> value, BiConsumer<Encoder, T> writer) {
        bool(value.isPresent());
        value.ifPresent(present -> writer.accept(this, present));
        return this;
    }

    /** 16 bytes, most significant first. */
    public Encoder uuid(UUID value) {
        out.writeLong(value.getMostSignificantBits());
        out.writeLong(value.getLeastSignificantBits());
        return this;
    }

    /**
     * Begins a versioned struct; {@link #end} takes what this returns. As {@link #struct}, for what is written all the
     * time.
     */
    public int begin(int version, int compat) {
        u8(version).u8(compat).u32(0);
        return out.writerIndex();
    }

    /** Ends a struct where it is now. */
    public Encoder end(int start) {
        out.setIntLE(start - Integer.BYTES, out.writerIndex() - start);
        return this;
    }

    /** One versioned struct, in its newest version. */
    public Encoder struct(Struct struct, Consumer<Encoder> body) {
        return struct(struct.newest(), struct.compat(), body);
    }

    /** One versioned struct, in a version that depends on the peer. */
    public Encoder struct(int version, int compat, Consumer<Encoder> body) {
        return u8(version).u8(compat).blob(body);
    }
}
