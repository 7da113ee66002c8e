package io.jrados.disk.qcow2;

import io.jrados.disk.model.StreamInput;
import io.jrados.error.RadosException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The part of a stream that is kept because something may still ask for it: blocks, the oldest given up first. */
final class StreamWindow {
    private static final int MIN_BLOCK = 1 << 16;

    private final StreamInput input;
    private final int blockSize;
    private final long limit;
    private final TreeMap<Long, Block> blocks = new TreeMap<>();
    private boolean atEnd;

    private static final class Block {
        final byte[] bytes;
        int taken;

        Block(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * A window that begins with the stream.
     *
     * @param limit the bytes to keep at most, beside one block
     * @param first the first cluster, which was read already
     */
    StreamWindow(StreamInput input, int clusterSize, long limit, byte[] first) throws RadosException {
        this.input = input;
        this.limit = limit;
        blockSize = Math.max(MIN_BLOCK, clusterSize);
        byte[] rest = new byte[blockSize - first.length];
        int more = first.length < clusterSize ? 0 : input.read(rest);
        byte[] block = Arrays.copyOf(first, blockSize);
        System.arraycopy(rest, 0, block, first.length, more);
        blocks.put(0L, new Block(block));
        atEnd = first.length + more < blockSize;
    }

    /** The end of what was read. */
    long end() {
        return input.position();
    }

    /** Whether the stream has no more. */
    boolean atEnd() {
        return atEnd;
    }

    /** Reads one block more. */
    void advance() throws RadosException {
        long index = end() / blockSize;
        byte[] bytes = new byte[blockSize];
        atEnd = input.read(bytes) < blockSize;
        blocks.put(index, new Block(bytes));
        while ((long) (blocks.size() - 1) * blockSize > limit) {
            blocks.pollFirstEntry();
        }
    }

    /** Gives up the blocks that end at a position or before. */
    void forget(long before) {
        blocks.headMap(before / blockSize).clear();
    }

    /**
     * Copies bytes that were read.
     *
     * @param onlyOnce whether nothing else will ask for these bytes
     * @return null if they are not kept any more
     */
    byte @Nullable [] get(long from, int length, boolean onlyOnce) {
        byte[] bytes = new byte[length];
        for (long at = from; at < from + length; ) {
            Block block = blocks.get(at / blockSize);
            if (block == null) {
                return null;
            }
            int inBlock = (int) (at % blockSize);
            int part = (int) Math.min(from + length - at, blockSize - inBlock);
            System.arraycopy(block.bytes, inBlock, bytes, (int) (at - from), part);
            block.taken += onlyOnce ? part : 0;
            at += part;
        }
        return bytes;
    }

    /** Gives up the blocks of which all bytes were taken. */
    void forgetTaken() {
        Iterator<Map.Entry<Long, Block>> all = blocks.entrySet().iterator();
        while (all.hasNext()) {
            if (all.next().getValue().taken >= blockSize) {
                all.remove();
            }
        }
    }
}
