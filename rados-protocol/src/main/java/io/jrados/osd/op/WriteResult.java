package io.jrados.osd.op;

/** Placeholder until the codec lands. */
public final class WriteResult {
    public int code(int index) {
        throw new UnsupportedOperationException();
    }

    public long version() {
        throw new UnsupportedOperationException();
    }

    public byte[] output(int index) {
        throw new UnsupportedOperationException();
    }
}
