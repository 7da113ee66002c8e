package io.jrados.osd.op;

import java.nio.ByteBuffer;
import java.util.Collection;

/** Placeholder until the codec lands. */
public final class WriteOperation {
    public WriteOperation assertExists() {
        throw new UnsupportedOperationException();
    }

    public WriteOperation assertVersion(long version) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation compareXattr(String name, Comparison how, byte[] value) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation create(boolean exclusive) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation write(long offset, ByteBuffer data) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation writeFull(ByteBuffer data) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation append(ByteBuffer data) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation zero(long offset, long length) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation truncate(long size) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation delete() {
        throw new UnsupportedOperationException();
    }

    public WriteOperation setXattr(String name, byte[] value) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation removeXattr(String name) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation omapSet(java.util.Map<String, byte[]> pairs) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation omapRemove(Collection<String> keys) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation omapClear() {
        throw new UnsupportedOperationException();
    }

    public WriteOperation omapSetHeader(byte[] header) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation exec(String objectClass, String method, byte[] input) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation allocHint(long objectSize, long writeSize, int flags) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation rollback(long snapId) {
        throw new UnsupportedOperationException();
    }

    public WriteOperation returnOutputs() {
        throw new UnsupportedOperationException();
    }
}
