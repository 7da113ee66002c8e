package io.jrados.osd.op;

import java.nio.ByteBuffer;
import java.util.Collection;

/** Placeholder until the codec lands. */
public final class ReadOperation {
    public ReadOperation assertExists() {
        throw new UnsupportedOperationException();
    }

    public ReadOperation assertVersion(long version) {
        throw new UnsupportedOperationException();
    }

    public ReadOperation read(long offset, int length) {
        throw new UnsupportedOperationException();
    }

    public ReadOperation read(long offset, ByteBuffer into) {
        throw new UnsupportedOperationException();
    }

    public ReadOperation sparseRead(long offset, long length) {
        throw new UnsupportedOperationException();
    }

    public ReadOperation stat() {
        throw new UnsupportedOperationException();
    }

    public ReadOperation getXattr(String name) {
        throw new UnsupportedOperationException();
    }

    public ReadOperation getXattrs() {
        throw new UnsupportedOperationException();
    }

    public ReadOperation compareXattr(String name, Comparison how, byte[] value) {
        throw new UnsupportedOperationException();
    }

    public ReadOperation omapKeys(String after, int max) {
        throw new UnsupportedOperationException();
    }

    public ReadOperation omapValues(String after, String prefix, int max) {
        throw new UnsupportedOperationException();
    }

    public ReadOperation omapValuesByKeys(Collection<String> keys) {
        throw new UnsupportedOperationException();
    }

    public ReadOperation omapHeader() {
        throw new UnsupportedOperationException();
    }

    public ReadOperation exec(String objectClass, String method, byte[] input) {
        throw new UnsupportedOperationException();
    }

    public ReadOperation listWatchers() {
        throw new UnsupportedOperationException();
    }

    public ReadOperation listSnaps() {
        throw new UnsupportedOperationException();
    }
}
