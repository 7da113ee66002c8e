package io.jrados.disk.codec;

import io.jrados.error.MalformedException;
import java.util.Arrays;

/**
 * The decoding table of a finite state entropy code. A state is an index; each has its symbol, and how the next state
 * is found: so many bits added to a base.
 *
 * <p>Source: RFC 8878, section 4.1.
 */
final class FseTable {
    private static final int MIN_LOG = 5;
    private static final int LOG_BITS = 4;
    private static final int MOST_SYMBOLS = 256;
    private static final int REPEATED = 3;
    private static final int BITS_AT = 8;
    private static final int BASE_AT = 16;
    private static final int BYTE = 0xff;

    private final int maxLog;
    private final int[] states;
    private final short[] counts = new short[MOST_SYMBOLS];
    private final short[] next = new short[MOST_SYMBOLS];
    private int log;

    /** @param maxLog the largest accuracy that this use of the code allows */
    FseTable(int maxLog) {
        this.maxLog = maxLog;
        states = new int[1 << maxLog];
    }

    /** The table of a distribution that is known beforehand. */
    static FseTable of(int log, int... distribution) {
        FseTable table = new FseTable(log);
        int total = 0;
        for (int i = 0; i < distribution.length; i++) {
            table.counts[i] = (short) distribution[i];
            total += Math.abs(distribution[i]);
        }
        if (total != 1 << log) {
            throw new IllegalArgumentException("a distribution of " + total + " states");
        }
        table.build(log, distribution.length);
        return table;
    }

    int log() {
        return log;
    }

    int symbol(int state) {
        return states[state] & BYTE;
    }

    int bits(int state) {
        return states[state] >>> BITS_AT & BYTE;
    }

    int base(int state) {
        return states[state] >>> BASE_AT;
    }

    /** One symbol for all states. */
    void single(int symbol) {
        log = 0;
        states[0] = symbol;
    }

    /**
     * Reads a table's description.
     *
     * @param symbols the number of symbols that there are
     * @return the position behind it
     */
    int read(byte[] in, int start, int end, int symbols) {
        long bit = (long) start * Byte.SIZE;
        int accuracy = MIN_LOG + bits(in, end, bit, LOG_BITS);
        bit += LOG_BITS;
        if (accuracy > maxLog) {
            throw new MalformedException("zstd: an FSE table of accuracy " + accuracy + ", over " + maxLog);
        }
        Arrays.fill(counts, (short) 0);
        int left = 1 << accuracy;
        int symbol = 0;
        while (left > 0) {
            if (symbol >= symbols) {
                throw new MalformedException("zstd: an FSE table of more than " + symbols + " symbols");
            }
            int width = Integer.SIZE - Integer.numberOfLeadingZeros(left + 1);
            int small = (1 << width) - 2 - left;
            int value = bits(in, end, bit, width);
            int low = value & (1 << width - 1) - 1;
            if (low < small) {
                value = low;
                bit += width - 1;
            } else {
                value -= value >= 1 << width - 1 ? small : 0;
                bit += width;
            }
            int count = value - 1;
            counts[symbol++] = (short) count;
            left -= Math.abs(count);
            if (count == 0) {
                int zeros;
                do {
                    zeros = bits(in, end, bit, 2);
                    bit += 2;
                    symbol += zeros;
                } while (zeros == REPEATED && symbol < symbols);
            }
        }
        int behind = (int) ((bit + Byte.SIZE - 1) / Byte.SIZE);
        if (left < 0 || behind > end) {
            throw new MalformedException("zstd: a damaged FSE table");
        }
        build(accuracy, symbol);
        return behind;
    }

    /** Up to 16 bits, read forward; zeros behind the end. */
    private static int bits(byte[] in, int end, long bit, int count) {
        int at = (int) (bit / Byte.SIZE);
        int value = 0;
        for (int i = 0; i < Integer.BYTES - 1 && at + i < end; i++) {
            value |= (in[at + i] & BYTE) << Byte.SIZE * i;
        }
        return value >>> (int) (bit % Byte.SIZE) & (1 << count) - 1;
    }

    private void build(int accuracy, int symbols) {
        log = accuracy;
        int size = 1 << accuracy;
        int high = size - 1;
        for (int symbol = 0; symbol < symbols; symbol++) {
            next[symbol] = counts[symbol];
            if (counts[symbol] == -1) {
                states[high--] = symbol;
                next[symbol] = 1;
            }
        }
        spread(size, high, symbols);
        for (int state = 0; state < size; state++) {
            int symbol = states[state];
            int order = next[symbol]++;
            int bits = accuracy - (Integer.SIZE - 1 - Integer.numberOfLeadingZeros(order));
            states[state] = symbol | bits << BITS_AT | (order << bits) - size << BASE_AT;
        }
    }

    private void spread(int size, int high, int symbols) {
        int step = (size >>> 1) + (size >>> 3) + 3;
        int position = 0;
        for (int symbol = 0; symbol < symbols; symbol++) {
            for (int i = 0; i < counts[symbol]; i++) {
                states[position] = symbol;
                do {
                    position = position + step & size - 1;
                } while (position > high);
            }
        }
    }
}
