package io.jrados.rbd.io;

import io.jrados.rbd.format.Layout;
import io.jrados.rbd.wait.All;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Reads a range of an image, which the caller has found to be inside it. */
public final class ImageReads {
    private ImageReads() {}

    /** Fills {@code into} from {@code offset} on, with one request to each object. */
    public static CompletableFuture<Void> read(ImageView image, ImageState state, long offset, ByteBuffer into) {
        Layout.Extent first = image.layout().extentAt(offset, into.remaining());
        if (first.length() == into.remaining()) {
            return new ObjectRead(image, state, first.object(), List.of(new Piece(first.offset(), into))).start();
        }
        All all = All.ofReads();
        ObjectExtents extents = new ObjectExtents(image.layout(), offset, into.remaining());
        while (extents.hasNext()) {
            ObjectExtents.Group group = extents.next();
            all.add(new ObjectRead(image, state, group.object(), pieces(group, into)).start());
        }
        return all.seal();
    }

    /** The parts of a user's buffer that belong to one object. */
    public static List<Piece> pieces(ObjectExtents.Group group, ByteBuffer buffer) {
        List<Piece> pieces = new ArrayList<>(group.parts().size());
        for (ObjectExtents.Part part : group.parts()) {
            pieces.add(
                    new Piece(part.offset(), buffer.slice(buffer.position() + (int) part.at(), (int) part.length())));
        }
        return pieces;
    }
}
