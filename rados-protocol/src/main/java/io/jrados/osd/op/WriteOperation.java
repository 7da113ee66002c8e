package io.jrados.osd.op;

import io.jrados.message.Op;
import io.jrados.message.OpCode;
import io.jrados.message.Operation;
import io.jrados.message.OsdFlags;
import io.jrados.wire.Utime;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Checks and changes of one object that an OSD does all or not at all, in order. Parts are numbered from 0 in the order
 * of the calls here.
 *
 * <p>Offsets and lengths are bytes and not negative: IllegalArgumentException otherwise. Buffers are borrowed until the
 * operation completes, and their positions stay. Not thread-safe, and not to be changed once it is submitted:
 * IllegalStateException. It may be submitted again.
 */
public final class WriteOperation {
    private final Parts parts = new Parts();
    private int flags = OsdFlags.WRITE;
    private Optional<Utime> modified = Optional.empty();

    /** Fails with ENOENT unless the object exists. */
    public WriteOperation assertExists() {
        parts.add(Op.plain(OpCode.STAT));
        return this;
    }

    /** Fails unless the object's version is this one: ERANGE when it is newer, EOVERFLOW when it is older. */
    public WriteOperation assertVersion(long version) {
        parts.add(Op.assertVersion(version));
        return this;
    }

    /** Fails with ECANCELED unless {@code value}, as bytes, compares so with the attribute. */
    public WriteOperation compareXattr(String name, Comparison how, byte[] value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(how, "how");
        Objects.requireNonNull(value, "value");
        parts.add(Op.compareXattr(name, how.number(), value));
        return this;
    }

    /** Fails with ECANCELED unless {@code value} compares so with the attribute, which is a decimal number. */
    public WriteOperation compareXattr(String name, Comparison how, long value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(how, "how");
        parts.add(Op.compareXattr(name, how.number(), value));
        return this;
    }

    /**
     * Fails with {@link io.jrados.error.MismatchException} unless the object has these bytes at {@code offset}; what it
     * does not have counts as zero.
     */
    public WriteOperation compareExtent(long offset, ByteBuffer data) {
        Objects.requireNonNull(data, "data");
        parts.compareExtent(offset, data);
        return this;
    }

    /** Fails with ECANCELED unless {@code value} compares so with the omap value of {@code key}. */
    public WriteOperation compareOmap(String key, Comparison how, byte[] value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(how, "how");
        Objects.requireNonNull(value, "value");
        parts.compareOmap(key, how, value);
        return this;
    }

    /** Makes the object if it is absent; EEXIST if it is there and {@code exclusive}. */
    public WriteOperation create(boolean exclusive) {
        parts.add(Op.plain(OpCode.CREATE).withFlags(exclusive ? Op.EXCL : 0));
        return this;
    }

    /** Writes the remaining bytes of {@code data}. */
    public WriteOperation write(long offset, ByteBuffer data) {
        Objects.requireNonNull(data, "data");
        Parts.checkRange(offset, data.remaining());
        parts.add(Op.data(OpCode.WRITE, offset, data));
        return this;
    }

    /** As {@link #write(long, ByteBuffer)}, the remaining bytes of several buffers one after the other. */
    public WriteOperation write(long offset, List<ByteBuffer> data) {
        Objects.requireNonNull(data, "data");
        Parts.checkRange(offset, data.stream().mapToLong(ByteBuffer::remaining).sum());
        parts.add(Op.data(OpCode.WRITE, offset, data));
        return this;
    }

    /** Replaces all of the object's bytes. */
    public WriteOperation writeFull(ByteBuffer data) {
        Objects.requireNonNull(data, "data");
        parts.add(Op.data(OpCode.WRITEFULL, 0, data));
        return this;
    }

    /** Repeats {@code pattern} over a range whose length is a multiple of the pattern's. */
    public WriteOperation writeSame(long offset, long length, ByteBuffer pattern) {
        Objects.requireNonNull(pattern, "pattern");
        Parts.checkRange(offset, length);
        if (!pattern.hasRemaining() || length % pattern.remaining() != 0) {
            throw new IllegalArgumentException(
                    "length " + length + ", which is not a multiple of a pattern of " + pattern.remaining() + " bytes");
        }
        parts.add(Op.writeSame(offset, length, pattern));
        return this;
    }

    /** Writes at the object's end, wherever that is when the OSD gets to it. */
    public WriteOperation append(ByteBuffer data) {
        Objects.requireNonNull(data, "data");
        parts.add(Op.data(OpCode.APPEND, 0, data));
        return this;
    }

    /** Zeroes a range; does not extend the object. */
    public WriteOperation zero(long offset, long length) {
        Parts.checkRange(offset, length);
        parts.add(Op.extent(OpCode.ZERO, offset, length));
        return this;
    }

    /** Cuts or extends the object to this size. */
    public WriteOperation truncate(long size) {
        Parts.checkNotNegative("size", size);
        parts.add(Op.extent(OpCode.TRUNCATE, size, 0));
        return this;
    }

    /** Deletes the object; ENOENT if it does not exist. */
    public WriteOperation delete() {
        parts.add(Op.plain(OpCode.DELETE));
        return this;
    }

    public WriteOperation setXattr(String name, byte[] value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        parts.add(Op.xattr(OpCode.SETXATTR, name, value));
        return this;
    }

    public WriteOperation removeXattr(String name) {
        Objects.requireNonNull(name, "name");
        parts.add(Op.xattr(OpCode.RMXATTR, name, new byte[0]));
        return this;
    }

    /** Sets omap pairs, leaving others as they are. */
    public WriteOperation omapSet(Map<String, byte[]> pairs) {
        Objects.requireNonNull(pairs, "pairs");
        parts.add(Op.encoded(
                OpCode.OMAP_SET_VALS,
                out -> out.map(
                        new TreeMap<>(pairs),
                        (element, key) -> element.string(key),
                        (element, value) -> element.bytes(value))));
        return this;
    }

    /** Removes omap keys; absent ones are no error. */
    public WriteOperation omapRemove(Collection<String> keys) {
        Objects.requireNonNull(keys, "keys");
        parts.add(Op.encoded(
                OpCode.OMAP_RM_KEYS, out -> out.list(new TreeSet<>(keys), (element, key) -> element.string(key))));
        return this;
    }

    /** Removes the omap keys from {@code first} on that are before {@code end}. */
    public WriteOperation omapRemoveRange(String first, String end) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(end, "end");
        parts.add(Op.encoded(OpCode.OMAP_RM_KEY_RANGE, out -> out.string(first).string(end)));
        return this;
    }

    /** Removes all omap keys and the header. */
    public WriteOperation omapClear() {
        parts.add(Op.plain(OpCode.OMAP_CLEAR));
        return this;
    }

    public WriteOperation omapSetHeader(byte[] header) {
        Objects.requireNonNull(header, "header");
        parts.add(Op.encoded(OpCode.OMAP_SET_HEADER, out -> out.raw(header)));
        return this;
    }

    /** Calls a method of an object class. */
    public WriteOperation exec(String objectClass, String method, byte[] input) {
        Objects.requireNonNull(objectClass, "objectClass");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(input, "input");
        parts.add(Op.call(objectClass, method, input));
        return this;
    }

    /**
     * As {@link #exec(String, String, byte[])}, with an input that goes on with the remaining bytes of {@code data}.
     */
    public WriteOperation exec(String objectClass, String method, byte[] input, List<ByteBuffer> data) {
        Objects.requireNonNull(objectClass, "objectClass");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(data, "data");
        parts.add(Op.call(objectClass, method, input, data));
        return this;
    }

    /**
     * Tells how large the object and its writes will be.
     *
     * @param flags CEPH_OSD_ALLOC_HINT_FLAG_* (src/include/rados.h), 0 for none
     */
    public WriteOperation allocHint(long objectSize, long writeSize, int flags) {
        Parts.checkNotNegative("objectSize", objectSize);
        Parts.checkNotNegative("writeSize", writeSize);
        parts.add(Op.allocHint(objectSize, writeSize, flags));
        return this;
    }

    /** Brings the object back to its state at a snapshot; it is deleted if it did not exist then. */
    public WriteOperation rollback(long snapId) {
        parts.add(Op.rollback(snapId));
        return this;
    }

    /** The wire's 0 is any version. */
    private static long version(ObjectSource source) {
        return source.version().orElse(0);
    }

    /** Makes the object a copy of another, attributes and omap included; the bytes do not pass through here. */
    public WriteOperation copyFrom(ObjectSource source) {
        Objects.requireNonNull(source, "source");
        parts.add(Op.from(OpCode.COPY_FROM, source.object(), source.locator(), source.snapId(), version(source)));
        return this;
    }

    /**
     * Makes the object stand for another one: EINVAL if it does already. Its own bytes are not read any more.
     *
     * @param source whose {@code snapId} and {@code version} do not matter
     */
    public WriteOperation redirectTo(ObjectSource source) {
        Objects.requireNonNull(source, "source");
        parts.add(Op.from(OpCode.SET_REDIRECT, source.object(), source.locator(), source.snapId(), version(source)));
        return this;
    }

    /** Ends what {@link #redirectTo} began. */
    public WriteOperation unsetManifest() {
        parts.add(Op.plain(OpCode.UNSET_MANIFEST));
        flags |= OsdFlags.IGNORE_REDIRECT;
        return this;
    }

    /** Makes a cache take the object for unchanged against the pool behind it. */
    public WriteOperation undirty() {
        parts.add(Op.plain(OpCode.UNDIRTY));
        return this;
    }

    /** Keeps the object in its cache, or no longer does. */
    public WriteOperation cachePin(boolean pinned) {
        parts.add(Op.plain(pinned ? OpCode.CACHE_PIN : OpCode.CACHE_UNPIN));
        return this;
    }

    /** Lets the part before fail without failing the operation; {@link WriteResult#code} tells. */
    public WriteOperation failOk() {
        parts.flagLast(Op.FAILOK);
        return this;
    }

    /** Says how the bytes of the part before will be used. */
    public WriteOperation advise(Advice advice) {
        Objects.requireNonNull(advice, "advice");
        parts.flagLast(advice.flag());
        return this;
    }

    /** Asks for the outputs of parts, which a successful write does not return otherwise. The OSD limits their size. */
    public WriteOperation returnOutputs() {
        flags |= OsdFlags.RETURNVEC;
        return this;
    }

    /** The object's time of change; by default that of the submission. */
    public WriteOperation modifiedAt(Instant time) {
        Objects.requireNonNull(time, "time");
        modified = Optional.of(new Utime(time.getEpochSecond(), time.getNano()));
        return this;
    }

    /** Fails with EOLDSNAPC when the object knows a newer snapshot context than the one that is sent. */
    public WriteOperation orderedSnaps() {
        flags |= OsdFlags.ORDERSNAP;
        return this;
    }

    /** Fails with ENOSPC or EDQUOT on a full pool instead of waiting; what frees space is done. */
    public WriteOperation fullTry() {
        flags |= OsdFlags.FULL_TRY;
        return this;
    }

    /** Carries the operation out on a full pool too. */
    public WriteOperation fullForce() {
        flags |= OsdFlags.FULL_FORCE;
        return this;
    }

    /** Goes to the pool itself, past a cache that lies over it. */
    public WriteOperation ignoreOverlay() {
        flags |= OsdFlags.IGNORE_OVERLAY;
        return this;
    }

    /** For the library itself: the operation as it is sent. */
    @SuppressWarnings("exports")
    public Operation<WriteResult> operation() {
        return new Operation<>(
                parts.freeze(),
                flags,
                modified,
                (outputs, version) -> new WriteResult(parts.results(outputs, null), version));
    }
}
