package io.jrados.rbd.io;

import io.jrados.error.RadosException;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.format.Layout.Range;
import io.jrados.rbd.wait.All;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The parent's bytes that show through where a clone has no object: the parent's bytes within the overlap, then zeroes.
 */
final class ParentReads {
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    private ParentReads() {}

    /** Fills the pieces of a child's object. */
    static CompletableFuture<Void> read(ImageView child, ImageState state, long object, List<Piece> pieces)
            throws RadosException {
        Optional<ImageView> parent = state.parent().flatMap(ParentState::image);
        long overlap = parent.isPresent() ? shown(parent.get(), state.overlapAt(child.snapId())) : 0;
        List<Wanted> wanted = new ArrayList<>(1);
        for (Piece piece : pieces) {
            addShown(child.layout(), object, piece, overlap, wanted);
        }
        if (wanted.isEmpty()) {
            return DONE;
        }
        if (wanted.size() == 1) {
            return read(parent.orElseThrow(), wanted.get(0).offset, wanted.get(0).into);
        }
        All all = All.ofReads();
        for (Wanted one : wanted) {
            all.add(read(parent.orElseThrow(), one.offset, one.into));
        }
        return all.seal();
    }

    /** The parent, if one object of it is all that it has of a child's object: so it is with the usual clone. */
    static Optional<ImageView> alike(ImageView child, ImageState state) {
        return state.parent()
                .flatMap(ParentState::image)
                .filter(parent -> child.layout().isPlain() && parent.layout().equals(child.layout()));
    }

    /** Bytes of a parent's image that go to a part of a piece. */
    private record Wanted(long offset, ByteBuffer into) {}

    private static void addShown(Layout layout, long object, Piece piece, long overlap, List<Wanted> wanted) {
        int done = 0;
        for (Range range : layout.ranges(object, piece.offset(), piece.length())) {
            int shown = (int) Math.max(0, Math.min(range.end(), overlap) - range.offset());
            if (shown > 0) {
                wanted.add(new Wanted(
                        range.offset(), piece.buffer().slice(piece.buffer().position() + done, shown)));
            }
            done += (int) range.length();
            if (shown < range.length()) {
                piece.zeroFrom(done - (int) range.length() + shown, done);
            }
        }
    }

    /** The overlap as far as the parent really goes: its size at the snapshot. */
    static long shown(ImageView parent, long overlap) throws RadosException {
        return Math.min(overlap, parent.state().sizeAt(parent.snapId()));
    }

    /** Bytes at the start of an object that lie within the overlap: what a copy-up copies at most. */
    static long covered(ImageView child, ImageState state, long object) throws RadosException {
        Optional<ImageView> parent = state.parent().flatMap(ParentState::image);
        if (parent.isEmpty()) {
            return 0;
        }
        long overlap = shown(parent.get(), state.overlapAt(child.snapId()));
        Layout layout = child.layout();
        long covered = 0;
        for (Range range : layout.ranges(object, 0, layout.objectSize())) {
            covered += Math.max(0, Math.min(range.end(), overlap) - range.offset());
        }
        return covered;
    }

    private static CompletableFuture<Void> read(ImageView parent, long offset, ByteBuffer into) {
        return parent.readAsync(offset, into);
    }
}
