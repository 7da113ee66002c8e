package io.jrados.osdmap;

import java.nio.charset.StandardCharsets;

/** Hashes of object names (src/common/ceph_hash.cc). */
public final class ObjectHash {
    /** The hash of Linux's dentry cache. */
    public static final int LINUX = 1;

    /** Robert Jenkins' hash of 1996, the default. */
    public static final int RJENKINS = 2;

    private static final char NAMESPACE_END = 0x1f;
    private static final int GOLDEN_RATIO = 0x9e3779b9;
    private static final int BLOCK = 12;

    private ObjectHash() {}

    /** The seed of the raw group of a name or key in a namespace. */
    public static int of(int type, String key, String namespace) {
        String whole = namespace.isEmpty() ? key : namespace + NAMESPACE_END + key;
        return hash(type, isAscii(whole) ? whole : bytewise(whole.getBytes(StandardCharsets.UTF_8)));
    }

    /** The hash of raw bytes; an unknown type hashes everything to -1, as Ceph does. */
    public static int hash(int type, byte[] bytes) {
        return hash(type, bytewise(bytes));
    }

    /** Characters that stand for bytes: nearly every name is hashed as it is, and nothing made for it. */
    private static String bytewise(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static int hash(int type, String bytes) {
        return switch (type) {
            case LINUX -> linux(bytes);
            case RJENKINS -> jenkins(bytes);
            default -> -1;
        };
    }

    private static int linux(String bytes) {
        int hash = 0;
        for (int i = 0; i < bytes.length(); i++) {
            int c = bytes.charAt(i);
            hash = (hash + (c << 4) + (c >> 4)) * 11;
        }
        return hash;
    }

    /** Adds 12 bytes at a time to three words and mixes them; the last time what is left, and the length. */
    private static int jenkins(String bytes) {
        int length = bytes.length();
        int a = GOLDEN_RATIO;
        int b = GOLDEN_RATIO;
        int c = 0;
        for (int at = 0; ; at += BLOCK) {
            int left = length - at;
            boolean last = left < BLOCK;
            a += word(bytes, at, Math.min(4, left));
            b += word(bytes, at + 4, Math.min(4, left - 4));
            // the lowest byte of the last word belongs to the length
            c += last ? length + (word(bytes, at + 8, left - 8) << 8) : word(bytes, at + 8, 4);

            a = (a - b - c) ^ (c >>> 13);
            b = (b - c - a) ^ (a << 8);
            c = (c - a - b) ^ (b >>> 13);
            a = (a - b - c) ^ (c >>> 12);
            b = (b - c - a) ^ (a << 16);
            c = (c - a - b) ^ (b >>> 5);
            a = (a - b - c) ^ (c >>> 3);
            b = (b - c - a) ^ (a << 10);
            c = (c - a - b) ^ (b >>> 15);
            if (last) {
                return c;
            }
        }
    }

    /** Little-endian; 0 of no bytes, or less. */
    private static int word(String bytes, int at, int count) {
        int word = 0;
        for (int i = 0; i < count; i++) {
            word |= bytes.charAt(at + i) << 8 * i;
        }
        return word;
    }
}
