package io.jrados.rbd.image;

import io.jrados.osd.op.WriteInDoubt;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.model.DoubtfulExtent;
import io.jrados.rbd.model.DoubtfulExtent.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Finds what of an image a write to one of its objects may reach: a message about an image speaks of its bytes. */
final class DoubtfulExtents {
    private static final int HEX = 16;

    private final Layout layout;
    private final String dataPrefix;
    private final String header;
    private final LongSupplier size;

    /** @param size of the image, bytes */
    DoubtfulExtents(Layout layout, String dataPrefix, String header, LongSupplier size) {
        this.layout = layout;
        this.dataPrefix = dataPrefix + ".";
        this.header = header;
        this.size = size;
    }

    List<DoubtfulExtent> of(WriteInDoubt write) {
        if (!write.object().startsWith(dataPrefix)) {
            Verb verb = write.object().equals(header) ? Verb.HEADER : Verb.OBJECT_MAP;
            return List.of(new DoubtfulExtent(0, size.getAsLong(), write.since(), verb));
        }
        long object = Long.parseUnsignedLong(write.object().substring(dataPrefix.length()), HEX);
        boolean compares = write.parts().stream().anyMatch(part -> part.kind().equals("cmpext"));
        List<DoubtfulExtent> extents = new ArrayList<>();
        for (WriteInDoubt.Part part : write.parts()) {
            Verb verb = verb(part.kind());
            if (verb != null) {
                add(extents, object, part, compares ? Verb.COMPARE_AND_WRITE : verb, write);
            }
        }
        return extents;
    }

    private void add(List<DoubtfulExtent> extents, long object, WriteInDoubt.Part part, Verb verb, WriteInDoubt write) {
        long length = part.length() == 0 ? layout.objectSize() - part.offset() : part.length();
        for (Layout.Range range : layout.ranges(object, part.offset(), length)) {
            extents.add(new DoubtfulExtent(range.offset(), range.length(), write.since(), verb));
        }
    }

    /** Null for a part that changes no bytes. */
    private static @Nullable Verb verb(String kind) {
        return switch (kind) {
            case "write", "writefull" -> Verb.WRITE;
            case "zero", "truncate", "delete" -> Verb.ZERO;
            case "write-same" -> Verb.WRITE_SAME;
            case "call" -> Verb.COPY_UP;
            case "rollback" -> Verb.ROLL_BACK;
            default -> null;
        };
    }
}
