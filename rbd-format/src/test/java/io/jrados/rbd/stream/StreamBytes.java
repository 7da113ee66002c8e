package io.jrados.rbd.stream;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;

/** Streams written by hand, field by field, and read as a pipe gives them. */
final class StreamBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    StreamBytes text(String ascii) {
        bytes.writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    StreamBytes tag(char tag) {
        bytes.write(tag);
        return this;
    }

    StreamBytes raw(byte[] some) {
        bytes.writeBytes(some);
        return this;
    }

    StreamBytes u32(long value) {
        return raw(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) value)
                .array());
    }

    StreamBytes u64(long value) {
        return raw(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }

    StreamBytes string(String value) {
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        return u32(encoded.length).raw(encoded);
    }

    /** A record of format 1. */
    StreamBytes data(long offset, byte[] data) {
        return tag('w').u64(offset).u64(data.length).raw(data);
    }

    /** A record of format 1. */
    StreamBytes zero(long offset, long length) {
        return tag('z').u64(offset).u64(length);
    }

    /** The begin of a diff of format 1. */
    static StreamBytes diff(String from, String to, long size) {
        StreamBytes stream = new StreamBytes().text("rbd diff v1\n");
        if (!from.isEmpty()) {
            stream.tag('f').string(from);
        }
        if (!to.isEmpty()) {
            stream.tag('t').string(to);
        }
        return stream.tag('s').u64(size);
    }

    int length() {
        return bytes.size();
    }

    byte[] done() {
        return bytes.toByteArray();
    }

    static ReadableByteChannel pipe(byte[] stream) {
        return Channels.newChannel(new ByteArrayInputStream(stream));
    }
}
