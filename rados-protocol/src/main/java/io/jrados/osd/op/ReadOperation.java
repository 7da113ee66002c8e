package io.jrados.osd.op;

import io.jrados.message.Loan;
import io.jrados.message.Op;
import io.jrados.message.OpCode;
import io.jrados.message.Operation;
import io.jrados.message.OsdFlags;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Reads on one object that an OSD does as one, in order, up to the first part that fails. Parts are numbered from 0 in
 * the order of the calls here; {@link ReadResult} is asked by those numbers.
 *
 * <p>Offsets and lengths are bytes and not negative: IllegalArgumentException otherwise. Not thread-safe, and not to be
 * changed once it is submitted: IllegalStateException. It may be submitted again.
 */
public final class ReadOperation {
    private final Parts parts = new Parts();
    private int flags = OsdFlags.READ;
    private long lent;
    private boolean passesOn;

    /** Fails with ENOENT unless the object exists. */
    public ReadOperation assertExists() {
        parts.add(Op.plain(OpCode.STAT));
        return this;
    }

    /** Fails unless the object's version is this one: ERANGE when it is newer, EOVERFLOW when it is older. */
    public ReadOperation assertVersion(long version) {
        parts.add(Op.assertVersion(version));
        return this;
    }

    /** Reads up to {@code length} bytes, at least 1, into a new buffer: fewer at the object's end. */
    public ReadOperation read(long offset, int length) {
        return read(offset, length, ReadOutput.allocating(length));
    }

    /**
     * Reads up to {@code into.remaining()} bytes, at least 1: fewer at the object's end. The buffer is borrowed until
     * the operation completes; its position then is after the last byte that was read.
     */
    public ReadOperation read(long offset, ByteBuffer into) {
        Objects.requireNonNull(into, "into");
        if (into.isReadOnly()) {
            throw new IllegalArgumentException("reading into a read-only buffer");
        }
        return read(offset, into.remaining(), new ReadOutput(into));
    }

    private ReadOperation read(long offset, int length, Output output) {
        checkRead(offset, length);
        parts.add(Op.extent(OpCode.READ, offset, length), output);
        return this;
    }

    /** Reads the written extents of a range of at least 1 byte. */
    public ReadOperation sparseRead(long offset, long length) {
        checkRead(offset, length);
        parts.add(Op.extent(OpCode.SPARSE_READ, offset, length), new SparseOutput(offset, length));
        return this;
    }

    /**
     * As {@link #sparseRead(long, long)}, into all of a buffer: zeroes where nothing was written, and after the
     * object's end. {@link ReadResult#extents} tells what was. The buffer is borrowed until the operation completes.
     */
    public ReadOperation sparseRead(long offset, ByteBuffer into) {
        Objects.requireNonNull(into, "into");
        if (into.isReadOnly()) {
            throw new IllegalArgumentException("reading into a read-only buffer");
        }
        int length = into.remaining();
        checkRead(offset, length);
        parts.add(Op.extent(OpCode.SPARSE_READ, offset, length), new SparseOutput(offset, length).into(into));
        return this;
    }

    /**
     * As {@link #sparseRead(long, long)}, without a copy: the bytes are lent while they are where the network put them.
     * {@link ReadResult#borrowed} tells when they are not used any more; until then they hold memory of the connection.
     *
     * <p>A client lends 64 MiB at a time, and a quarter of the JVM's direct memory at most; it counts what was asked
     * for, and 64 KiB at least. A read that finds no room waits until enough is given back, and may be passed meanwhile
     * by later operations on its object. While it waits, its deadline begins anew each time that something is given
     * back; if nothing is, it fails with ETIMEDOUT, never sent, and says how much is lent. So a borrower must not keep
     * what it was lent until another such read has ended.
     *
     * @param length bytes, at least 1
     */
    public ReadOperation sparseRead(long offset, int length, Borrower borrower) {
        Objects.requireNonNull(borrower, "borrower");
        checkRead(offset, length);
        parts.add(Op.extent(OpCode.SPARSE_READ, offset, length), new SparseOutput(offset, length).to(borrower));
        lent += length;
        return this;
    }

    /**
     * Says that what is lent goes into a write, and that it is given back when the write ends: it counts for a budget
     * of its own, as large as the first, so that a borrower of the client may wait for such a write.
     */
    public ReadOperation passedOn() {
        passesOn = true;
        return this;
    }

    /**
     * Asks for the extents of a range that the object store has, without their bytes; EOPNOTSUPP in an erasure-coded
     * pool.
     */
    public ReadOperation mapExtents(long offset, long length) {
        checkRead(offset, length);
        parts.add(Op.extent(OpCode.MAPEXT, offset, length), StructOutputs::extents);
        return this;
    }

    /**
     * Checksums of the chunks of a range, computed where the object is. The range is cut at the object's end; EINVAL
     * when that leaves a part of a chunk.
     *
     * @param length at least 1, a multiple of {@code chunk}
     * @param chunk bytes that each one is over
     * @param seed that each one starts from
     */
    public ReadOperation checksum(ChecksumType type, long offset, long length, int chunk, long seed) {
        Objects.requireNonNull(type, "type");
        checkRead(offset, length);
        if (chunk < 1 || length % chunk != 0) {
            throw new IllegalArgumentException("length " + length + " in pieces of chunk " + chunk);
        }
        parts.add(Op.checksum(type.number(), offset, length, chunk, type.seed(seed)), type::read);
        return this;
    }

    /** As {@link #checksum(ChecksumType, long, long, int, long)}, one over the whole range. */
    public ReadOperation checksum(ChecksumType type, long offset, long length, long seed) {
        Objects.requireNonNull(type, "type");
        checkRead(offset, length);
        parts.add(Op.checksum(type.number(), offset, length, 0, type.seed(seed)), type::read);
        return this;
    }

    /** An OSD takes a length of 0 for the whole object. */
    private static void checkRead(long offset, long length) {
        Parts.checkRange(offset, length);
        if (length == 0) {
            throw new IllegalArgumentException("length 0: a read of no bytes at " + offset);
        }
    }

    /** The object's size and time of change; ENOENT if it does not exist. */
    public ReadOperation stat() {
        parts.add(Op.plain(OpCode.STAT), StructOutputs::stat);
        return this;
    }

    /** One extended attribute; ENODATA if there is none of that name. */
    public ReadOperation getXattr(String name) {
        Objects.requireNonNull(name, "name");
        parts.add(Op.xattr(OpCode.GETXATTR, name, new byte[0]));
        return this;
    }

    /** All extended attributes. */
    public ReadOperation getXattrs() {
        parts.add(Op.plain(OpCode.GETXATTRS), StructOutputs::pairs);
        return this;
    }

    /** Fails with ECANCELED unless {@code value}, as bytes, compares so with the attribute. */
    public ReadOperation compareXattr(String name, Comparison how, byte[] value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(how, "how");
        Objects.requireNonNull(value, "value");
        parts.add(Op.compareXattr(name, how.number(), value));
        return this;
    }

    /** Fails with ECANCELED unless {@code value} compares so with the attribute, which is a decimal number. */
    public ReadOperation compareXattr(String name, Comparison how, long value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(how, "how");
        parts.add(Op.compareXattr(name, how.number(), value));
        return this;
    }

    /**
     * Fails with {@link io.jrados.error.MismatchException} unless the object has these bytes at {@code offset}; what it
     * does not have counts as zero. The buffer is borrowed.
     */
    public ReadOperation compareExtent(long offset, ByteBuffer data) {
        Objects.requireNonNull(data, "data");
        parts.compareExtent(offset, data);
        return this;
    }

    /** Fails with ECANCELED unless {@code value} compares so with the omap value of {@code key}. */
    public ReadOperation compareOmap(String key, Comparison how, byte[] value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(how, "how");
        Objects.requireNonNull(value, "value");
        parts.compareOmap(key, how, value);
        return this;
    }

    /** Up to {@code max} omap keys after {@code after}, empty for the first ones. The OSD may return fewer. */
    public ReadOperation omapKeys(String after, int max) {
        Objects.requireNonNull(after, "after");
        Parts.checkNotNegative("max", max);
        parts.add(Op.encoded(OpCode.OMAP_GET_KEYS, out -> out.string(after).u64(max)), StructOutputs::keys);
        return this;
    }

    /**
     * Up to {@code max} omap pairs after {@code after} whose keys start with {@code prefix}. The OSD may return fewer.
     */
    public ReadOperation omapValues(String after, String prefix, int max) {
        Objects.requireNonNull(after, "after");
        Objects.requireNonNull(prefix, "prefix");
        Parts.checkNotNegative("max", max);
        parts.add(
                Op.encoded(
                        OpCode.OMAP_GET_VALS, out -> out.string(after).u64(max).string(prefix)),
                StructOutputs::page);
        return this;
    }

    /** The omap pairs of those keys that are there. */
    public ReadOperation omapValuesByKeys(Collection<String> keys) {
        Objects.requireNonNull(keys, "keys");
        parts.add(
                Op.encoded(
                        OpCode.OMAP_GET_VALS_BY_KEYS,
                        out -> out.list(new TreeSet<>(keys), (element, key) -> element.string(key))),
                StructOutputs::pairs);
        return this;
    }

    /** The omap's header, empty if there is none. */
    public ReadOperation omapHeader() {
        parts.add(Op.plain(OpCode.OMAP_GET_HEADER));
        return this;
    }

    /** Calls a method of an object class that does not write. */
    public ReadOperation exec(String objectClass, String method, byte[] input) {
        Objects.requireNonNull(objectClass, "objectClass");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(input, "input");
        parts.add(Op.call(objectClass, method, input));
        return this;
    }

    /** Asks for the watchers of the object. */
    public ReadOperation listWatchers() {
        parts.add(Op.plain(OpCode.LIST_WATCHERS), StructOutputs::watchers);
        return this;
    }

    /** The object's clones; read it at {@link SnapContext#SNAPDIR}. */
    public ReadOperation listSnaps() {
        parts.add(Op.plain(OpCode.LIST_SNAPS), StructOutputs::snaps);
        return this;
    }

    /** Whether the object differs from what the pool behind its cache has. */
    public ReadOperation isDirty() {
        parts.add(Op.plain(OpCode.IS_DIRTY), StructOutputs::flag);
        return this;
    }

    /** Writes a cached object back to the pool behind the cache, waiting for operations on it. */
    public ReadOperation cacheFlush() {
        return onCache(OpCode.CACHE_FLUSH, 0);
    }

    /** As {@link #cacheFlush}, with EBUSY instead of waiting. */
    public ReadOperation cacheTryFlush() {
        return onCache(OpCode.CACHE_TRY_FLUSH, OsdFlags.SKIPRWLOCKS);
    }

    /** Removes a clean object from the cache. */
    public ReadOperation cacheEvict() {
        return onCache(OpCode.CACHE_EVICT, OsdFlags.SKIPRWLOCKS);
    }

    private ReadOperation onCache(OpCode code, int more) {
        parts.add(Op.plain(code));
        flags |= OsdFlags.IGNORE_CACHE | OsdFlags.IGNORE_OVERLAY | more;
        return this;
    }

    /** Lets the part before fail without failing the operation; {@link ReadResult#code} tells. */
    public ReadOperation failOk() {
        parts.flagLast(Op.FAILOK);
        return this;
    }

    /** Says how the bytes of the part before will be used. */
    public ReadOperation advise(Advice advice) {
        Objects.requireNonNull(advice, "advice");
        parts.flagLast(advice.flag());
        return this;
    }

    /** Lets replicas serve it, besides what the pool's own policy allows. */
    public ReadOperation from(ReadPolicy policy) {
        Objects.requireNonNull(policy, "policy");
        flags |= policy.flag();
        return this;
    }

    /** Orders the operation behind the writes before it as if it were a write, so that it surely sees them. */
    public ReadOperation orderedWithWrites() {
        flags |= OsdFlags.RWORDERED;
        return this;
    }

    /** Asks the pool itself, past a cache that lies over it. */
    public ReadOperation ignoreOverlay() {
        flags |= OsdFlags.IGNORE_OVERLAY;
        return this;
    }

    /** For the library itself: the operation as it is sent. */
    @SuppressWarnings("exports")
    public Operation<ReadResult> operation() {
        Loan loan = lent == 0 ? null : new Loan(lent, passesOn);
        return new Operation<>(
                parts.freeze(),
                flags,
                Optional.empty(),
                (outputs, version) -> new ReadResult(parts.results(outputs, loan), version),
                loan);
    }
}
