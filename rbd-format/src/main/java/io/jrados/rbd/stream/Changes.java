package io.jrados.rbd.stream;

import io.jrados.rbd.model.DiffExtent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Ranges of an image and their bytes, out of a backup of any kind, for {@link ImageStreams#applyChanges}: what
 * {@link io.jrados.rbd.change.ImageChanges} hands out, on the way back. For one use. Immutable but for that; begin with
 * one of the {@code of}.
 */
public final class Changes {
    private final long size;
    private final Iterable<DiffExtent> extents;
    private final Bytes bytes;
    private final Optional<String> from;
    private final Optional<String> to;

    /** A source of bytes in the order of the ranges. */
    @FunctionalInterface
    public interface Bytes {
        /**
         * Fills the buffer with the next bytes.
         *
         * @param offset the place of the first of them in the image
         * @throws IOException ends the applying, if there are not so many too
         */
        void read(long offset, ByteBuffer into) throws IOException;
    }

    private Changes(long size, Iterable<DiffExtent> extents, Bytes bytes, Optional<String> from, Optional<String> to) {
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size);
        }
        this.size = size;
        this.extents = extents;
        this.bytes = bytes;
        this.from = from;
        this.to = to;
    }

    /**
     * Ranges, ascending, and a channel that has the bytes of those that exist, one range behind the other.
     *
     * @param size of the image when all is applied, bytes
     * @param extents gone through once, one after the other; the others are made zero
     * @param bytes blocking
     */
    public static Changes of(long size, Iterable<DiffExtent> extents, ReadableByteChannel bytes) {
        Objects.requireNonNull(extents, "extents");
        StreamInput in = new StreamInput(Objects.requireNonNull(bytes, "bytes"));
        return of(size, extents, (offset, into) -> in.fill(into, "data of the image from byte " + offset + " on"));
    }

    /** Ranges, ascending, and a source of the bytes of those that exist. */
    public static Changes of(long size, Iterable<DiffExtent> extents, Bytes bytes) {
        Objects.requireNonNull(extents, "extents");
        Objects.requireNonNull(bytes, "bytes");
        return new Changes(size, extents, bytes, Optional.empty(), Optional.empty());
    }

    /**
     * Bytes by their offsets in the image.
     *
     * @param data what remains of each buffer is what the image gets at that place; the buffers keep their positions
     */
    public static Changes of(long size, SortedMap<Long, ByteBuffer> data) {
        TreeMap<Long, ByteBuffer> all = new TreeMap<>(Objects.requireNonNull(data, "data"));
        all.values().removeIf(bytes -> !bytes.hasRemaining());
        List<DiffExtent> extents = new ArrayList<>();
        all.forEach((offset, bytes) -> extents.add(new DiffExtent(offset, bytes.remaining(), true)));
        return of(size, extents, (offset, into) -> {
            Map.Entry<Long, ByteBuffer> there = all.floorEntry(offset);
            int at = there.getValue().position() + (int) (offset - there.getKey());
            into.put(there.getValue().slice(at, into.remaining()));
        });
    }

    /** Asks that the image has the user's snapshot of that name, and so is as the changes begin. */
    public Changes since(String snapshot) {
        return new Changes(size, extents, bytes, Optional.of(Objects.requireNonNull(snapshot, "snapshot")), to);
    }

    /** Makes a snapshot of that name once all is applied. */
    public Changes until(String snapshot) {
        return new Changes(size, extents, bytes, from, Optional.of(Objects.requireNonNull(snapshot, "snapshot")));
    }

    /** Returns the bytes of the image when all is applied. */
    public long size() {
        return size;
    }

    /** Returns the snapshot at which they begin; empty for any image. */
    public Optional<String> fromSnapshot() {
        return from;
    }

    /** Returns the snapshot that is made at their end. */
    public Optional<String> untilSnapshot() {
        return to;
    }

    DiffSource source() {
        return new GivenDiff(new DiffHeader(from, to, false, size), extents.iterator(), bytes);
    }
}
