package io.jrados.osd.op;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * The output of a sparse read: a map of extents, then their bytes (PrimaryLogPG::do_sparse_read,
 * src/osd/PrimaryLogPG.cc). Extents must ascend without overlap inside the request and add up to the bytes. An
 * erasure-coded pool leaves the bytes out altogether when there is no extent.
 */
final class SparseOutput implements Output {
    private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

    private final long offset;
    private final long end;

    SparseOutput(long offset, long length) {
        this.offset = offset;
        this.end = offset + length;
    }

    @Override
    public SparseData read(ByteBuf bytes) {
        Decoder in = new Decoder(bytes);
        List<SparseData.Extent> extents = extents(in);
        ByteBuf data = data(in, extents);
        ByteBuffer copy = ByteBuffer.allocate(data.readableBytes());
        data.readBytes(copy);
        return new SparseData(extents, copy.flip());
    }

    /**
     * Fills a buffer of the request's length: zeroes where nothing was written. Its value is the list of the extents.
     */
    Output into(ByteBuffer buffer) {
        int start = buffer.position();
        return bytes -> {
            Decoder in = new Decoder(bytes);
            List<SparseData.Extent> extents = extents(in);
            ByteBuf data = data(in, extents);
            ByteBuffer target = buffer.duplicate().clear().position(start);
            for (SparseData.Extent extent : extents) {
                int from = start + (int) (extent.offset() - offset);
                zeroUpTo(target, from);
                data.readBytes(target.limit(from + (int) extent.length()));
                target.limit(target.capacity());
            }
            int whole = start + (int) (end - offset);
            zeroUpTo(target, whole);
            buffer.position(whole);
            return extents;
        };
    }

    /** Lends the bytes as they came. Its value is what the borrower returns. */
    Output to(Borrower borrower) {
        return bytes -> {
            Decoder in = new Decoder(bytes);
            List<SparseData.Extent> extents = extents(in);
            ByteBuf lent = data(in, extents).retain();
            CompletableFuture<?> used;
            try {
                used = Objects.requireNonNull(
                        borrower.use(extents, lent.nioBuffer().asReadOnlyBuffer()), "a borrower's future");
            } catch (RuntimeException | Error refused) {
                used = CompletableFuture.failedFuture(refused);
            }
            return used.whenComplete((done, failed) -> lent.release());
        };
    }

    private static void zeroUpTo(ByteBuffer target, int position) {
        while (target.position() < position) {
            target.put(ZEROES.slice(0, Math.min(ZEROES.capacity(), position - target.position())));
        }
    }

    private List<SparseData.Extent> extents(Decoder in) {
        int count = in.count(16);
        List<SparseData.Extent> extents = new ArrayList<>(count);
        long last = offset;
        for (int i = 0; i < count; i++) {
            SparseData.Extent extent = new SparseData.Extent(in.u64(), in.u64());
            if (extent.offset() < last || extent.length() < 0 || extent.length() > end - extent.offset()) {
                throw new MalformedException("sparse extent " + extent.offset() + "~" + extent.length() + " after "
                        + last + ", in a read of " + offset + " to " + end);
            }
            last = extent.offset() + extent.length();
            extents.add(extent);
        }
        return List.copyOf(extents);
    }

    private static ByteBuf data(Decoder in, List<SparseData.Extent> extents) {
        long total = 0;
        for (SparseData.Extent extent : extents) {
            total += extent.length();
        }
        ByteBuf data = extents.isEmpty() && in.remaining() == 0 ? Unpooled.EMPTY_BUFFER : in.slice();
        if (data.readableBytes() != total) {
            throw new MalformedException(
                    "sparse extents of " + total + " bytes with " + data.readableBytes() + " bytes of data");
        }
        return data;
    }
}
