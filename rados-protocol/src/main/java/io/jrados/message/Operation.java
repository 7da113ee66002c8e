package io.jrados.message;

import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.MismatchException;
import io.jrados.error.RadosException;
import io.jrados.wire.Encoder;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one operation in their order, and how its reply is read. It can be written any number of times, always
 * with the same bytes; its reply is read once.
 */
public final class Operation<R> {
    /** A cmpext part that found a difference returns this and the negated offset: MAX_ERRNO, src/include/types.h. */
    private static final int MISMATCH = -4095;

    private static final int MOST_PARTS = 0xffff;

    private final List<Op> ops;
    private final int flags;
    private final Optional<Utime> modified;
    private final Reader<R> reader;
    private final @Nullable Loan loan;

    /** Makes the result of a reply that succeeded. */
    @FunctionalInterface
    public interface Reader<R> {
        /**
         * @param outputs one for each part; gone after this call
         * @param version the object's version
         * @throws MalformedException for bytes that are not what the part returns
         */
        R read(OpOutputs outputs, long version);
    }

    /**
     * @param ops not to be changed any more
     * @param flags {@link OsdFlags}
     */
    public Operation(List<Op> ops, int flags, Reader<R> reader) {
        this(ops, flags, Optional.empty(), reader);
    }

    /** @param modified the time that a write gives the object, none for that of its submission */
    public Operation(List<Op> ops, int flags, Optional<Utime> modified, Reader<R> reader) {
        this(ops, flags, modified, reader, null);
    }

    /** @param loan the memory that the result lends; null for a result that lends none */
    public Operation(List<Op> ops, int flags, Optional<Utime> modified, Reader<R> reader, @Nullable Loan loan) {
        if (ops.isEmpty() || ops.size() > MOST_PARTS) {
            throw new IllegalArgumentException("an operation of " + ops.size() + " parts");
        }
        this.ops = ops;
        this.flags = flags;
        this.modified = modified;
        this.reader = reader;
        this.loan = loan;
    }

    public List<Op> ops() {
        return ops;
    }

    /** {@link OsdFlags} that the operation itself asks for. */
    public int flags() {
        return flags;
    }

    /** The time that a write gives the object, none for that of its submission. */
    public Optional<Utime> modified() {
        return modified;
    }

    /** The memory that its result lends; null for most. */
    public @Nullable Loan loan() {
        return loan;
    }

    public boolean isWrite() {
        return (flags & OsdFlags.WRITE) != 0;
    }

    /** Bytes of a throttle that it takes: inputs, and what reads may return. */
    public long budget() {
        long bytes = 0;
        for (int i = 0; i < ops.size(); i++) {
            bytes += ops.get(i).budget();
        }
        return bytes;
    }

    /** The same operation with its own copy of the inputs: callers get their buffers back, and it can still be sent. */
    public Operation<R> copied() {
        return new Operation<>(ops.stream().map(Op::copied).toList(), flags, modified, reader, loan);
    }

    /** Writes the count of parts and the parts, without their inputs. */
    public void encode(Encoder out) {
        out.u16(ops.size());
        for (int i = 0; i < ops.size(); i++) {
            ops.get(i).encode(out);
        }
    }

    /** The inputs of all parts, shared with their owners and not copied. The caller owns the result. */
    public ByteBuf inputs() {
        return Op.inputs(ops);
    }

    /** Whether somebody besides this operation, a connection that sends it, still holds inputs. */
    public boolean inputsHeld() {
        for (int i = 0; i < ops.size(); i++) {
            if (ops.get(i).inputHeld()) {
                return true;
            }
        }
        return false;
    }

    /**
     * The result, read from a reply that is this operation's last one. Owns the reply.
     *
     * @param doing what is being done, as a participle; asked for when it failed
     * @throws RadosException what the first part that must not fail failed with; EBADMSG for a reply that does not fit,
     *     ENOMEM or EIO for one that this JVM fails to read
     */
    public R result(OsdOpReply reply, Supplier<String> doing) throws RadosException {
        OpOutputs outputs = reply.outputs();
        try {
            if (reply.result() < 0) {
                throw failure(reply.result(), outputs, doing.get());
            }
            if (outputs.count() != ops.size()) {
                throw new MalformedException(outputs.count() + " results for " + ops.size() + " parts");
            }
            return reader.read(outputs, reply.outcome().userVersion());
        } catch (MalformedException malformed) {
            throw malformed.during(doing.get());
        } catch (RuntimeException | Error broken) {
            // Whatever it is, no memory, a class that is missing or a bug: the caller must not wait for ever.
            throw new RadosException(
                    broken instanceof OutOfMemoryError ? Errno.ENOMEM : Errno.EIO,
                    doing.get() + ", whose reply came and could not be read",
                    broken);
        } finally {
            outputs.release();
        }
    }

    private RadosException failure(int result, OpOutputs outputs, String doing) {
        int part = failed(result, outputs);
        String where = part < 0 || ops.size() == 1 ? doing : doing + ", at its part " + part + ", " + ops.get(part);
        boolean compared = part >= 0 && ops.get(part).code() == OpCode.CMPEXT;
        if (compared && result <= MISMATCH) {
            return new MismatchException(where, MISMATCH - result);
        }
        if (result == Integer.MIN_VALUE) {
            return new RadosException(Errno.EBADMSG, where);
        }
        // A class method may fail with any number: that of a fenced client then says nothing of this client.
        return Errno.of(result) == Errno.EBLOCKLISTED
                ? new RadosException(Errno.EBLOCKLISTED, where)
                : RadosException.of(result, where);
    }

    private int failed(int result, OpOutputs outputs) {
        for (int i = 0; i < ops.size() && i < outputs.count(); i++) {
            if (outputs.code(i) == result && (ops.get(i).flags() & Op.FAILOK) == 0) {
                return i;
            }
        }
        return -1;
    }
}
