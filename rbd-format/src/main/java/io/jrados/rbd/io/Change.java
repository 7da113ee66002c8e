package io.jrados.rbd.io;

import io.jrados.osd.op.WriteOperation;
import io.jrados.rbd.format.Layout.Range;
import io.jrados.rbd.format.ObjectState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A change of one object: the parts of its operation (src/librbd/io/ObjectRequest.cc). */
public sealed interface Change {
    /** Adds the parts of the operation. */
    void addTo(WriteOperation operation);

    /** Whether afterwards nothing of the parent shows, so that without snapshots no copy-up is needed. */
    boolean hidesParent();

    /** Returns the ranges that a copy-up need not copy because they are overwritten. */
    List<Range> overwritten();

    /** Bytes that it carries. */
    long weight();

    /** Whether it makes an object that is absent. */
    default boolean writes() {
        return false;
    }

    /** Returns the state that an object map must have before the change. */
    default ObjectState before() {
        return ObjectState.EXISTS;
    }

    /** Nothing: a copy-up for its own sake. */
    record Nothing() implements Change {
        @Override
        public void addTo(WriteOperation operation) {}

        @Override
        public boolean hidesParent() {
            return false;
        }

        @Override
        public List<Range> overwritten() {
            return List.of();
        }

        @Override
        public long weight() {
            return 0;
        }
    }

    /** Writes pieces in order. */
    record Write(List<Piece> pieces, long objectSize) implements Change {
        @Override
        public void addTo(WriteOperation operation) {
            if (hidesParent()) {
                operation.writeFull(pieces.get(0).buffer());
                return;
            }
            for (int i = 0; i < pieces.size(); ) {
                int first = i++;
                while (i < pieces.size()
                        && pieces.get(i).offset() == pieces.get(i - 1).end()) {
                    i++;
                }
                if (i - first == 1) {
                    operation.write(
                            pieces.get(first).offset(), pieces.get(first).buffer());
                } else {
                    List<ByteBuffer> run =
                            pieces.subList(first, i).stream().map(Piece::buffer).toList();
                    operation.write(pieces.get(first).offset(), run);
                }
            }
        }

        @Override
        public boolean writes() {
            return true;
        }

        @Override
        public boolean hidesParent() {
            return pieces.size() == 1 && pieces.get(0).length() == objectSize;
        }

        @Override
        public List<Range> overwritten() {
            List<Range> ranges = new ArrayList<>(pieces.size());
            for (Piece piece : pieces) {
                ranges.add(new Range(piece.offset(), piece.length()));
            }
            return ranges;
        }

        @Override
        public long weight() {
            return pieces.stream().mapToLong(Piece::length).sum();
        }

        static Write of(long offset, ByteBuffer data, long objectSize) {
            return new Write(List.of(new Piece(offset, data)), objectSize);
        }
    }

    /** Repeats a pattern; the last repetition may be cut off. */
    record Same(long offset, long length, ByteBuffer pattern) implements Change {
        @Override
        public void addTo(WriteOperation operation) {
            long whole = length / pattern.remaining() * pattern.remaining();
            if (whole > 0) {
                operation.writeSame(offset, whole, pattern.duplicate());
            }
            if (whole < length) {
                operation.write(offset + whole, pattern.slice(pattern.position(), (int) (length - whole)));
            }
        }

        @Override
        public boolean writes() {
            return true;
        }

        @Override
        public boolean hidesParent() {
            return false;
        }

        @Override
        public List<Range> overwritten() {
            return List.of(new Range(offset, length));
        }

        @Override
        public long weight() {
            return pattern.remaining();
        }
    }

    /**
     * Writes if the object has these bytes. Whatever the parent has is there already: an OSD compares what was before.
     */
    record CompareAndWrite(long offset, ByteBuffer expected, ByteBuffer data) implements Change {
        @Override
        public void addTo(WriteOperation operation) {
            operation.compareExtent(offset, expected.duplicate()).write(offset, data.duplicate());
        }

        @Override
        public boolean writes() {
            return true;
        }

        @Override
        public boolean hidesParent() {
            return false;
        }

        @Override
        public List<Range> overwritten() {
            return List.of();
        }

        @Override
        public long weight() {
            return expected.remaining() + data.remaining();
        }
    }

    /** Makes what lies in the middle of an object zero. */
    record Zero(long offset, long length) implements Change {
        @Override
        public void addTo(WriteOperation operation) {
            operation.zero(offset, length);
        }

        @Override
        public boolean hidesParent() {
            return false;
        }

        @Override
        public List<Range> overwritten() {
            return List.of(new Range(offset, length));
        }

        @Override
        public long weight() {
            return 0;
        }
    }

    /** Cuts an object off, which must exist to hide the parent. */
    record Truncate(long size, long objectSize) implements Change {
        @Override
        public void addTo(WriteOperation operation) {
            operation.truncate(size);
        }

        @Override
        public boolean hidesParent() {
            return false;
        }

        @Override
        public List<Range> overwritten() {
            return List.of(new Range(size, objectSize - size));
        }

        @Override
        public long weight() {
            return 0;
        }
    }

    /** Leaves an empty object, which hides the parent. */
    record Hide(long objectSize) implements Change {
        @Override
        public void addTo(WriteOperation operation) {
            operation.create(false).truncate(0);
        }

        @Override
        public boolean hidesParent() {
            return true;
        }

        @Override
        public List<Range> overwritten() {
            return List.of(new Range(0, objectSize));
        }

        @Override
        public long weight() {
            return 0;
        }
    }

    /**
     * Deletes the object; the parent shows again, or nothing.
     *
     * @param together whether who deletes many objects changes their states in an object map, before and after
     */
    record Delete(long objectSize, boolean together) implements Change {
        @Override
        public void addTo(WriteOperation operation) {
            operation.delete();
        }

        @Override
        public boolean hidesParent() {
            return true;
        }

        @Override
        public ObjectState before() {
            return ObjectState.PENDING;
        }

        @Override
        public List<Range> overwritten() {
            return List.of(new Range(0, objectSize));
        }

        @Override
        public long weight() {
            return 0;
        }
    }
}
