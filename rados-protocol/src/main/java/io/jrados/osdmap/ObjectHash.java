package io.jrados.osdmap;

import java.nio.charset.StandardCharsets;

/** Hashes of object names (src/common/ceph_hash.cc). */
public final class ObjectHash {
    /** The hash of Linux's dentry cache. */
    public static final int LINUX = 1;

    /** Robert Jenkins' hash of 1996, the default. */
    public static final int RJENKINS = 2;

    private static final byte NAMESPACE_END = 0x1f;

    private ObjectHash() {}

    /** The seed of the raw group of a name or key in a namespace. */
    public static int of(int type, String key, String namespace) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        if (namespace.isEmpty()) {
            return hash(type, name);
        }
        byte[] space = namespace.getBytes(StandardCharsets.UTF_8);
        byte[] whole = new byte[space.length + 1 + name.length];
        System.arraycopy(space, 0, whole, 0, space.length);
        whole[space.length] = NAMESPACE_END;
        System.arraycopy(name, 0, whole, space.length + 1, name.length);
        return hash(type, whole);
    }

    /** The hash of raw bytes; an unknown type hashes everything to -1, as Ceph does. */
    public static int hash(int type, byte[] bytes) {
        return switch (type) {
            case LINUX -> linux(bytes);
            case RJENKINS -> Jenkins.hash(bytes);
            default -> -1;
        };
    }

    private static int linux(byte[] bytes) {
        int hash = 0;
        for (byte b : bytes) {
            int c = b & 0xff;
            hash = (hash + (c << 4) + (c >> 4)) * 11;
        }
        return hash;
    }

    /** The state of one run of the hash. */
    private static final class Jenkins {
        private static final int GOLDEN_RATIO = 0x9e3779b9;
        private static final int BLOCK = 12;

        private int a = GOLDEN_RATIO;
        private int b = GOLDEN_RATIO;
        private int c;

        static int hash(byte[] bytes) {
            Jenkins state = new Jenkins();
            int at = 0;
            for (; bytes.length - at >= BLOCK; at += BLOCK) {
                state.a += word(bytes, at, 4);
                state.b += word(bytes, at + 4, 4);
                state.c += word(bytes, at + 8, 4);
                state.mix();
            }
            state.last(bytes, at);
            return state.c;
        }

        /** The tail; the lowest byte of c belongs to the length. */
        private void last(byte[] bytes, int at) {
            int left = bytes.length - at;
            a += word(bytes, at, Math.min(4, left));
            b += word(bytes, at + 4, Math.min(4, left - 4));
            c += bytes.length + (word(bytes, at + 8, Math.min(3, left - 8)) << 8);
            mix();
        }

        private static int word(byte[] bytes, int at, int count) {
            int word = 0;
            for (int i = 0; i < count; i++) {
                word |= (bytes[at + i] & 0xff) << (8 * i);
            }
            return word;
        }

        private void mix() {
            a = (a - b - c) ^ (c >>> 13);
            b = (b - c - a) ^ (a << 8);
            c = (c - a - b) ^ (b >>> 13);
            a = (a - b - c) ^ (c >>> 12);
            b = (b - c - a) ^ (a << 16);
            c = (c - a - b) ^ (b >>> 5);
            a = (a - b - c) ^ (c >>> 3);
            b = (b - c - a) ^ (a << 10);
            c = (c - a - b) ^ (b >>> 15);
        }
    }
}
