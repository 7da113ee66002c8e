package io.jrados.osd.op;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a sparse read returns: a map of extents, then their bytes (PrimaryLogPG::do_sparse_read, src/osd/PrimaryLogPG.cc).
 * Extents must ascend without overlap inside the request and add up to the bytes. An erasure-coded pool leaves the bytes
 * out altogether when there is no extent.
 */
final class SparseOutput implements Output {
    private final long offset;
    private final long end;

    SparseOutput(long offset, long length) {
        this.offset = offset;
        this.end = offset + length;
    }

    @Override
    public SparseData read(ByteBuf bytes) {
        Decoder in = new Decoder(bytes);
        int count = in.count(16);
        List<SparseData.Extent> extents = new ArrayList<>(count);
        long total = 0;
        long last = offset;
        for (int i = 0; i < count; i++) {
            SparseData.Extent extent = new SparseData.Extent(in.u64(), in.u64());
            if (extent.offset() < last || extent.length() < 0 || extent.length() > end - extent.offset()) {
                throw new MalformedException("sparse extent " + extent.offset() + "~" + extent.length() + " after "
                        + last + ", in a read of " + offset + " to " + end);
            }
            last = extent.offset() + extent.length();
            total += extent.length();
            extents.add(extent);
        }
        byte[] data = count == 0 && in.remaining() == 0 ? new byte[0] : in.bytes();
        if (data.length != total) {
            throw new MalformedException(
                    "sparse extents of " + total + " bytes with " + data.length + " bytes of data");
        }
        return new SparseData(List.copyOf(extents), ByteBuffer.wrap(data));
    }
}
