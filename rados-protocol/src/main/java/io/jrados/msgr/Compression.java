package io.jrados.msgr;

import io.jrados.error.MalformedException;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A way in which an OSD may compress what it sends (src/compressor/Compressor.h); what this client sends is never
 * compressed. Decoders take hostile bytes: what they return is never longer than they are told, and leave only with
 * {@link MalformedException}.
 */
public enum Compression {
    SNAPPY(1) {
        @Override
        byte[] expand(byte[] in, int limit) {
            return new Snappy(in, limit).expand();
        }
    },
    ZLIB(2) {
        @Override
        byte[] expand(byte[] in, int limit) {
            return inflate(in, limit);
        }
    },
    LZ4(4) {
        @Override
        byte[] expand(byte[] in, int limit) {
            return new Lz4(in, limit).expand();
        }
    };

    /** A stream of zlib has a mark in front (ZlibCompressor, src/compressor/zlib), and neither header nor checksum. */
    private static final int ZLIB_MARK = 1;

    private final int number;

    Compression(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static Compression of(long number) {
        for (Compression known : values()) {
            if (known.number == number) {
                return known;
            }
        }
        throw new MalformedException("compression method " + number);
    }

    /** By Ceph's word, if it is one that this client can undo. */
    public static Optional<Compression> named(String word) {
        for (Compression known : values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(word)) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }

    /** Returns the bytes that were compressed, at most {@code limit} bytes. */
    abstract byte[] expand(byte[] in, int limit);

    private static byte[] inflate(byte[] in, int limit) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(in, Math.min(ZLIB_MARK, in.length), Math.max(0, in.length - ZLIB_MARK));
            byte[] out = new byte[Math.min(limit, Math.max(64, 4 * in.length))];
            int at = 0;
            while (!inflater.finished()) {
                if (at == out.length) {
                    if (out.length == limit) {
                        throw new MalformedException("a segment that inflates to more than " + limit + " bytes");
                    }
                    out = java.util.Arrays.copyOf(out, (int) Math.min(limit, 2L * out.length));
                }
                int more = inflater.inflate(out, at, out.length - at);
                if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw new MalformedException("a compressed segment that ends too early");
                }
                at += more;
            }
            return java.util.Arrays.copyOf(out, at);
        } catch (DataFormatException malformed) {
            throw new MalformedException("a segment that does not inflate: " + malformed.getMessage(), malformed);
        } finally {
            inflater.end();
        }
    }
}
