package io.jrados.disk.codec;

import io.jrados.error.MalformedException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The sequences section of a block: how many literals to take, and what to repeat of the output so far.
 *
 * <p>Source: RFC 8878, sections 3.1.1.3.2 and 3.1.1.4.
 */
final class ZstdSequences {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int[] LITERALS_BASE = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512,
        1024, 2048, 4096, 8192, 16384, 32768, 65536
    };
    private static final int[] LITERALS_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        16
    };
    private static final int[] MATCH_BASE = {
        3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
        33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539
    };
    private static final int[] MATCH_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2,
        2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    };
    private static final int LITERALS_LOG = 9;
    private static final int MATCH_LOG = 9;
    private static final int OFFSET_LOG = 8;
    private static final int OFFSET_CODES = 32;
    private static final FseTable USUAL_LITERALS = FseTable.of(
            6, 4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1,
            -1, -1);
    private static final FseTable USUAL_MATCHES = FseTable.of(
            6, 1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
            1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1);
    private static final FseTable USUAL_OFFSETS =
            FseTable.of(5, 1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1);

    private static final int BYTE = 0xff;
    private static final int TWO_BYTES = 128;
    private static final int THREE_BYTES = 255;
    private static final int LARGE = 0x7f00;
    private static final int SECOND_START = 4;
    private static final int THIRD_START = 8;
    private static final int MAX_OFFSET_CODE = 30;

    private final Code literals = new Code(USUAL_LITERALS, LITERALS_LOG, LITERALS_BASE.length);
    private final Code offsets = new Code(USUAL_OFFSETS, OFFSET_LOG, OFFSET_CODES);
    private final Code matches = new Code(USUAL_MATCHES, MATCH_LOG, MATCH_BASE.length);
    private final BackwardBits bits = new BackwardBits();
    private int first;
    private int second;
    private int third;

    /** Begins a frame: no tables, and the offsets that each begins with. */
    void clear() {
        literals.clear();
        offsets.clear();
        matches.clear();
        first = 1;
        second = SECOND_START;
        third = THIRD_START;
    }

    /**
     * Reads the section and executes it.
     *
     * @param from where the block's output begins
     * @param limit the end that the block's output may not pass
     * @param window where the frame's output begins
     * @return the end of the block's output
     */
    int run(byte[] in, int start, int end, ZstdLiterals source, byte[] out, int from, int limit, int window) {
        if (start >= end) {
            throw tooShort();
        }
        int at = start;
        int count = in[at++] & BYTE;
        if (count >= TWO_BYTES) {
            if (end - at < (count == THREE_BYTES ? 2 : 1)) {
                throw tooShort();
            }
            int more = in[at++] & BYTE;
            count = count == THREE_BYTES
                    ? more + ((in[at++] & BYTE) << Byte.SIZE) + LARGE
                    : (count - TWO_BYTES << Byte.SIZE) + more;
        }
        if (count == 0) {
            if (at != end) {
                throw new MalformedException("zstd: bytes behind a block without sequences");
            }
            return rest(source, 0, out, from, limit);
        }
        if (at >= end) {
            throw tooShort();
        }
        int modes = in[at++] & BYTE;
        if ((modes & 3) != 0) {
            throw new MalformedException("zstd: reserved bits of a sequences section are set");
        }
        at = literals.read(in, at, end, modes >>> 6);
        at = offsets.read(in, at, end, modes >>> 4 & 3);
        at = matches.read(in, at, end, modes >>> 2 & 3);
        bits.begin(in, at, end);
        return execute(count, source, out, from, limit, window);
    }

    private static MalformedException tooShort() {
        return new MalformedException("zstd: a block ends within its sequences section");
    }

    private int execute(int count, ZstdLiterals source, byte[] out, int from, int limit, int window) {
        FseTable literalTable = literals.table;
        FseTable offsetTable = offsets.table;
        FseTable matchTable = matches.table;
        int literalState = bits.read(literalTable.log());
        int offsetState = bits.read(offsetTable.log());
        int matchState = bits.read(matchTable.log());
        byte[] taken = source.bytes();
        int takenAt = 0;
        int at = from;
        for (int i = 0; i < count; i++) {
            bits.refill();
            int offsetCode = offsetTable.symbol(offsetState);
            if (offsetCode > MAX_OFFSET_CODE) {
                throw new MalformedException("zstd: an offset of code " + offsetCode);
            }
            int offsetValue = (1 << offsetCode) + bits.read(offsetCode);
            int matchCode = matchTable.symbol(matchState);
            int matchLength = MATCH_BASE[matchCode] + bits.read(MATCH_BITS[matchCode]);
            bits.refill();
            int literalCode = literalTable.symbol(literalState);
            int literalLength = LITERALS_BASE[literalCode] + bits.read(LITERALS_BITS[literalCode]);
            if (i < count - 1) {
                literalState = literalTable.base(literalState) + bits.read(literalTable.bits(literalState));
                matchState = matchTable.base(matchState) + bits.read(matchTable.bits(matchState));
                offsetState = offsetTable.base(offsetState) + bits.read(offsetTable.bits(offsetState));
            }
            int offset = offset(offsetValue, literalLength);
            if (literalLength > source.size() - takenAt
                    || literalLength + matchLength > limit - at
                    || offset <= 0
                    || offset > at + literalLength - window) {
                throw new MalformedException("zstd: a sequence of " + literalLength + " literals and " + matchLength
                        + " bytes from " + offset + " before is not possible at " + at);
            }
            System.arraycopy(taken, takenAt, out, at, literalLength);
            takenAt += literalLength;
            at += literalLength;
            repeat(out, at, offset, matchLength, limit);
            at += matchLength;
        }
        if (bits.remaining() != 0) {
            throw new MalformedException("zstd: sequences that do not end where they should");
        }
        return rest(source, takenAt, out, at, limit);
    }

    private static int rest(ZstdLiterals source, int takenAt, byte[] out, int at, int limit) {
        int rest = source.size() - takenAt;
        if (rest > limit - at) {
            throw new MalformedException("zstd: a block makes more bytes than it may");
        }
        System.arraycopy(source.bytes(), takenAt, out, at, rest);
        return at + rest;
    }

    /** The distance that a value stands for; the small ones repeat one of the last three distances. */
    private int offset(int value, int literalLength) {
        int which = value + (literalLength == 0 ? 1 : 0);
        if (value > 3 || which > 3) {
            int offset = value > 3 ? value - 3 : first - 1;
            third = second;
            second = first;
            first = offset;
            return offset;
        }
        if (which == 2) {
            int offset = second;
            second = first;
            first = offset;
        } else if (which == 3) {
            int offset = third;
            third = second;
            second = first;
            first = offset;
        }
        return first;
    }

    /** Copies output that may overlap itself. */
    private static void repeat(byte[] out, int to, int offset, int length, int limit) {
        int from = to - offset;
        int end = to + length;
        if (offset >= Long.BYTES && end <= limit - Long.BYTES) {
            // Up to seven bytes too many, which the next sequence writes over or nobody looks at.
            for (int at = to; at < end; at += Long.BYTES) {
                LONGS.set(out, at, (long) LONGS.get(out, at - offset));
            }
        } else if (offset >= length) {
            System.arraycopy(out, from, out, to, length);
        } else {
            for (int at = to; at < end; at++) {
                out[at] = out[at - offset];
            }
        }
    }

    /** One of the three codes: its tables, and the one in use. */
    private static final class Code {
        private static final int USUAL = 0;
        private static final int SINGLE = 1;
        private static final int TOLD = 2;

        private final FseTable usual;
        private final FseTable own;
        private final int symbols;
        private FseTable table;
        private boolean isThere;

        Code(FseTable usual, int maxLog, int symbols) {
            this.usual = usual;
            this.symbols = symbols;
            own = new FseTable(maxLog);
            table = usual;
        }

        void clear() {
            isThere = false;
        }

        int read(byte[] in, int start, int end, int mode) {
            int behind = start;
            switch (mode) {
                case USUAL -> table = usual;
                case SINGLE -> {
                    if (start >= end || (in[start] & BYTE) >= symbols) {
                        throw new MalformedException("zstd: a sequences section without a symbol");
                    }
                    own.single(in[start] & BYTE);
                    table = own;
                    behind++;
                }
                case TOLD -> {
                    behind = own.read(in, start, end, symbols);
                    table = own;
                }
                default -> {
                    if (!isThere) {
                        throw new MalformedException("zstd: sequences of a table that was not told before");
                    }
                }
            }
            isThere = true;
            return behind;
        }
    }
}
