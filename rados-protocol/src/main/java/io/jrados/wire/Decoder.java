package io.jrados.wire;

import io.jrados.error.MalformedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Reads Ceph's little-endian encoding from hostile bytes. Holds every bound: nothing is read past the current limit,
 * nothing is allocated for a count or length before it is checked against the bytes that are really there. Leaves only
 * with {@link MalformedException}. Does not own the buffer: slices that it hands out live as long as the buffer does.
 */
public final class Decoder {
    /** Structs in structs deeper than this are refused. */
    private static final int MAX_DEPTH = 64;

    private final ByteBuf in;
    private int limit;
    private int depth;

    /** Reads from the buffer's reader index to its writer index, moving the reader index. */
    public Decoder(ByteBuf in) {
        this.in = in;
        this.limit = in.writerIndex();
    }

    /** Reads an array. */
    public static Decoder of(byte[] bytes) {
        return new Decoder(Unpooled.wrappedBuffer(bytes));
    }

    /** Reads the remaining bytes of a buffer, whose position stays. */
    public static Decoder of(ByteBuffer bytes) {
        return new Decoder(Unpooled.wrappedBuffer(bytes.slice()));
    }

    /** Decodes one value that must take all bytes. */
    public static <T> T whole(byte[] bytes, Function<Decoder, T> reader) {
        Decoder in = of(bytes);
        T value = in.apply(reader);
        in.expectEnd();
        return value;
    }

    private <T> T apply(Function<Decoder, T> reader) {
        return reader.apply(this);
    }

    /** Bytes left before the current limit. */
    public int remaining() {
        return limit - in.readerIndex();
    }

    /** Refuses trailing bytes. */
    public void expectEnd() {
        if (remaining() != 0) {
            throw new MalformedException(remaining() + " bytes too many");
        }
    }

    private void need(int bytes) {
        if (bytes > limit - in.readerIndex()) {
            throw new MalformedException("needs " + bytes + " bytes, has " + remaining());
        }
    }

    public int u8() {
        need(1);
        return in.readUnsignedByte();
    }

    public int i8() {
        need(1);
        return in.readByte();
    }

    public boolean bool() {
        return u8() != 0;
    }

    public int u16() {
        need(2);
        return in.readUnsignedShortLE();
    }

    /** Two bytes in network order: ports. */
    public int u16be() {
        need(2);
        return in.readUnsignedShort();
    }

    public long u32() {
        need(4);
        return in.readUnsignedIntLE();
    }

    public int i32() {
        need(4);
        return in.readIntLE();
    }

    /** An unsigned 64-bit number as Java's signed one. */
    public long u64() {
        need(8);
        return in.readLongLE();
    }

    public long i64() {
        return u64();
    }

    public float f32() {
        return Float.intBitsToFloat(i32());
    }

    public double f64() {
        return Double.longBitsToDouble(u64());
    }

    /** A length of bytes that follow: 4 bytes, checked against what is there. */
    public int length() {
        long length = u32();
        if (length > remaining()) {
            throw new MalformedException("length " + length + " is over the " + remaining() + " bytes there");
        }
        return (int) length;
    }

    /** A count of elements of at least {@code smallest} bytes each, checked against what is there. */
    public int count(int smallest) {
        long count = u32();
        if (count * smallest > remaining()) {
            throw new MalformedException("count " + count + " is over the " + remaining() + " bytes there");
        }
        return (int) count;
    }

    /** A length-prefixed string. */
    public String string() {
        return text(length());
    }

    private String text(int length) {
        String text = in.toString(in.readerIndex(), length, StandardCharsets.UTF_8);
        in.skipBytes(length);
        return text;
    }

    /** Length-prefixed bytes, copied. */
    public byte[] bytes() {
        return raw(length());
    }

    /** {@code length} bytes, copied. */
    public byte[] raw(int length) {
        if (length < 0) {
            throw new MalformedException("negative length " + length);
        }
        need(length);
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    /** Length-prefixed bytes as a slice that shares the buffer, not retained. */
    public ByteBuf slice() {
        return slice(length());
    }

    /** {@code length} bytes as a slice that shares the buffer, not retained. */
    public ByteBuf slice(int length) {
        if (length < 0) {
            throw new MalformedException("negative length " + length);
        }
        need(length);
        return in.readSlice(length);
    }

    /** Steps over bytes. */
    public Decoder skip(int bytes) {
        if (bytes < 0) {
            throw new MalformedException("negative length " + bytes);
        }
        need(bytes);
        in.skipBytes(bytes);
        return this;
    }

    /** Reads a length-prefixed blob with a reader that must stay inside it; what it leaves is stepped over. */
    public <T> T blob(Function<Decoder, T> reader) {
        return within(length(), reader);
    }

    private <T> T within(int length, Function<Decoder, T> reader) {
        if (++depth > MAX_DEPTH) {
            throw new MalformedException("nested deeper than " + MAX_DEPTH);
        }
        int outer = limit;
        limit = in.readerIndex() + length;
        T value = reader.apply(this);
        in.readerIndex(limit);
        limit = outer;
        depth--;
        return value;
    }

    /** A list with a 4-byte count; {@code smallest} is the least size of an element in bytes, at least 1. */
    public <T> List<T> list(int smallest, Function<Decoder, T> element) {
        int count = count(smallest);
        List<T> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(element.apply(this));
        }
        return Collections.unmodifiableList(list);
    }

    /** As {@link #list}, into a set in wire order. */
    public <T> Set<T> set(int smallest, Function<Decoder, T> element) {
        int count = count(smallest);
        Set<T> set = new LinkedHashSet<>();
        for (int i = 0; i < count; i++) {
            set.add(element.apply(this));
        }
        return Collections.unmodifiableSet(set);
    }

    /** A map in wire order; {@code smallest} is the least size of a key and value together. */
    public <K, V> Map<K, V> map(int smallest, Function<Decoder, K> key, Function<Decoder, V> value) {
        int count = count(smallest);
        Map<K, V> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            K k = key.apply(this);
            map.put(k, value.apply(this));
        }
        return Collections.unmodifiableMap(map);
    }

    /** 32-bit numbers with a 4-byte count. */
    public int[] i32s() {
        int[] numbers = new int[count(4)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = in.readIntLE();
        }
        return numbers;
    }

    /** 64-bit numbers with a 4-byte count. */
    public long[] u64s() {
        long[] numbers = new long[count(8)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = in.readLongLE();
        }
        return numbers;
    }

    /** One byte, then the value unless it is 0. */
    public <T> Optional<T> optional(Function<Decoder, T> reader) {
        return bool() ? Optional.of(reader.apply(this)) : Optional.empty();
    }

    /** 16 bytes, most significant first. */
    public UUID uuid() {
        need(16);
        return new UUID(in.readLong(), in.readLong());
    }

    /** Reads the body of one versioned struct. */
    @FunctionalInterface
    public interface Body<T> {
        /** @param version the version that the writer used, between {@code oldest} and any newer compatible one */
        T read(Decoder in, int version);
    }

    /** Reads one versioned struct. Bytes that a newer writer appended are stepped over, never interpreted. */
    public <T> T struct(Struct struct, Body<T> body) {
        int version = u8();
        int compat = u8();
        if (compat > struct.newest() || version < struct.oldest()) {
            throw new MalformedException(struct + " version " + version + ", compat " + compat + " is not within "
                    + struct.oldest() + " to " + struct.newest());
        }
        return within(length(), in -> body.read(in, version));
    }
}
