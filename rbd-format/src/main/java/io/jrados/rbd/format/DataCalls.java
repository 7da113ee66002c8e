package io.jrados.rbd.format;

import io.jrados.wire.Encoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Calls on data objects (src/cls/rbd/cls_rbd_client.cc). */
public final class DataCalls {
    private DataCalls() {}

    /** Fills an object that does not exist; does nothing to one that does. */
    public static WriteCall copyup(byte[] data) {
        return new WriteCall("copyup", data);
    }

    /**
     * Makes an object that does not exist, with these pieces and holes between them; does nothing to one that does.
     * Makes it even without a piece.
     *
     * @param pieces bytes of the object, in order, not overlapping
     * @param object its bytes from the first one on: of these the pieces are taken. Borrowed until the operation
     *     completes
     */
    public static WriteCall sparseCopyup(List<Layout.Range> pieces, ByteBuffer object) {
        List<ByteBuffer> data = new ArrayList<>(pieces.size());
        int length = 0;
        for (Layout.Range piece : pieces) {
            data.add(object.slice((int) piece.offset(), (int) piece.length()));
            length += (int) piece.length();
        }
        int all = length;
        byte[] input = Encoder.bytesOf(
                out -> out.list(pieces, (to, piece) -> to.u64(piece.offset()).u64(piece.length()))
                        .u32(all));
        return new WriteCall("sparse_copyup", input, data);
    }

    /**
     * Lets what follows in the operation be done only if the object has seen no snapshot from this one on, ERANGE
     * otherwise: what a migration guards its copies with.
     *
     * @param sequence of the snapshot context
     * @param newer whether it must be greater than the object's, which an absent object fulfils; else not greater,
     *     which an absent one does not
     */
    public static WriteCall assertSnapcSeq(long sequence, boolean newer) {
        return WriteCall.of("assert_snapc_seq", out -> out.u64(sequence).u8(newer ? 0 : 1));
    }
}
