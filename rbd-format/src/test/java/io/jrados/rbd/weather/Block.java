package io.jrados.rbd.weather;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The bytes of a block that a test wrote: they say which version of which block they are, all the way to the end, so
 * that a torn, misplaced or foreign block is told from an old one. Version 0 is a block of zeroes.
 */
final class Block {
    static final int SIZE = 4096;

    private static final int LONGS = SIZE / Long.BYTES;

    private Block() {}

    private static long word(long version, int block, int index) {
        long mixed = (version << 20 ^ block) + index * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        return mixed ^ mixed >>> 27;
    }

    /** Blocks of one version each, one after the other. */
    static ByteBuffer bytes(int first, List<Long> versions) {
        ByteBuffer bytes = ByteBuffer.allocate(versions.size() * SIZE);
        for (int i = 0; i < versions.size(); i++) {
            put(bytes, first + i, versions.get(i));
        }
        return bytes.flip();
    }

    private static void put(ByteBuffer bytes, int block, long version) {
        if (version == 0) {
            bytes.position(bytes.position() + SIZE);
            return;
        }
        bytes.putLong(version).putLong(block);
        for (int i = 2; i < LONGS; i++) {
            bytes.putLong(word(version, block, i));
        }
    }

    /** The version in a block's bytes; fails for bytes that no test ever wrote as one block. */
    static long version(byte[] bytes, int at, int block) {
        ByteBuffer found = ByteBuffer.wrap(bytes, at, SIZE).slice();
        long version = found.getLong(0);
        ByteBuffer expected = ByteBuffer.allocate(SIZE);
        put(expected, block, version);
        int differs = found.mismatch(expected.clear());
        if (differs >= 0) {
            throw new AssertionError("block " + block + " begins as version " + version + " of block "
                    + found.getLong(8) + " and differs from it at byte " + differs);
        }
        return version;
    }
}
