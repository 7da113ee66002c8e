package io.jrados.disk.codec;

import io.jrados.error.MalformedException;
import java.util.Arrays;

/**
 * The decoding table of the prefix code of literals: the next bits are an index that gives a symbol and how many of the
 * bits are its own.
 *
 * <p>Source: RFC 8878, section 4.2.
 */
final class HuffmanTable {
    private static final int MAX_BITS = 11;
    private static final int MAX_WEIGHTS = 255;
    private static final int DIRECT = 128;
    private static final int WEIGHTS_LOG = 6;
    private static final int BITS_AT = 8;
    private static final int BYTE = 0xff;
    private static final int HALF = 4;
    private static final int LOW = 0xf;
    private static final int AT_ONCE = 5;

    private final short[] codes = new short[1 << MAX_BITS];
    private final byte[] weights = new byte[MAX_WEIGHTS + 1];
    private final FseTable weightStates = new FseTable(WEIGHTS_LOG);
    private final BackwardBits bits = new BackwardBits();
    private int depth;

    /** Forgets the table: a frame begins. */
    void clear() {
        depth = 0;
    }

    boolean isThere() {
        return depth > 0;
    }

    /** Reads the description of a tree and returns the position behind it. */
    int read(byte[] in, int start, int end) {
        if (start >= end) {
            throw new MalformedException("zstd: a block ends where its Huffman tree should be");
        }
        depth = 0;
        int header = in[start] & BYTE;
        int from = start + 1;
        int direct = header - DIRECT + 1;
        int behind = from + (header < DIRECT ? header : (direct + 1) / 2);
        if (behind > end) {
            throw new MalformedException("zstd: a block ends within its Huffman tree");
        }
        int count;
        if (header < DIRECT) {
            count = compressedWeights(in, from, behind);
        } else {
            count = direct;
            for (int i = 0; i < count; i++) {
                int pair = in[from + i / 2];
                weights[i] = (byte) ((i % 2 == 0 ? pair >>> HALF : pair) & LOW);
            }
        }
        build(count);
        return behind;
    }

    private int compressedWeights(byte[] in, int start, int end) {
        int from = weightStates.read(in, start, end, MAX_WEIGHTS);
        bits.begin(in, from, end);
        int own = bits.read(weightStates.log());
        int other = bits.read(weightStates.log());
        for (int count = 0; count < MAX_WEIGHTS - 1; ) {
            bits.refill();
            weights[count++] = (byte) weightStates.symbol(own);
            int more = weightStates.bits(own);
            if (bits.remaining() < more) {
                weights[count++] = (byte) weightStates.symbol(other);
                return count;
            }
            int following = weightStates.base(own) + bits.read(more);
            own = other;
            other = following;
        }
        throw new MalformedException("zstd: a Huffman tree of more than 256 symbols");
    }

    /** The last symbol's weight is not told: it is what is missing to a power of two. */
    private void build(int count) {
        int total = 0;
        for (int i = 0; i < count; i++) {
            if (weights[i] > MAX_BITS) {
                throw new MalformedException("zstd: a Huffman weight of " + weights[i]);
            }
            total += 1 << weights[i] >>> 1;
        }
        int longest = Integer.SIZE - Integer.numberOfLeadingZeros(total);
        int missing = (1 << longest) - total;
        if (total == 0 || longest > MAX_BITS || Integer.bitCount(missing) != 1) {
            throw new MalformedException("zstd: Huffman weights that make no tree");
        }
        weights[count] = (byte) (Integer.numberOfTrailingZeros(missing) + 1);
        int position = 0;
        for (int weight = 1; weight <= longest; weight++) {
            int span = 1 << weight - 1;
            short code = (short) (longest + 1 - weight << BITS_AT);
            for (int symbol = 0; symbol <= count; symbol++) {
                if (weights[symbol] == weight) {
                    Arrays.fill(codes, position, position + span, (short) (code | symbol));
                    position += span;
                }
            }
        }
        depth = longest;
    }

    /** Decodes one stream into a number of symbols, which it must hold exactly. */
    void decode(byte[] in, int start, int end, byte[] out, int from, int to) {
        bits.begin(in, start, end);
        int at = from;
        while (to - at >= AT_ONCE) {
            bits.refill();
            for (int i = 0; i < AT_ONCE; i++) {
                int code = codes[bits.peek(depth)];
                out[at++] = (byte) code;
                bits.skip(code >>> BITS_AT);
            }
        }
        bits.refill();
        while (at < to) {
            int code = codes[bits.peek(depth)];
            out[at++] = (byte) code;
            bits.skip(code >>> BITS_AT);
        }
        if (bits.remaining() != 0) {
            throw new MalformedException("zstd: a stream of literals that does not end where it should");
        }
    }
}
