package io.jrados.drivers;

import io.jrados.drivers.DriverException.Kind;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/**
 * The digests of one upload: MD5, which is the checksum of old, and one of the caller's choice. They are most of what an
 * upload costs, so of a large chunk the two are computed at once, with the help of the JVM's common pool if it is idle.
 */
public final class Digests {
    /** A smaller chunk is not worth a hand-over to another thread. */
    private static final int WORTH_SHARING = 128 << 10;

    private final Running md5;
    private final Running multihash;

    private Digests(MessageDigest md5, MessageDigest multihash) {
        this.md5 = new Running(md5);
        this.multihash = new Running(multihash);
    }

    /** One digest. The JDK's take direct memory in through small arrays made for each call; here it is one that stays. */
    private static final class Running {
        private static final int PIECE = 32 << 10;

        private final MessageDigest digest;
        private final byte[] piece = new byte[PIECE];

        Running(MessageDigest digest) {
            this.digest = digest;
        }

        void update(ByteBuffer data) {
            while (data.hasRemaining()) {
                int length = Math.min(data.remaining(), PIECE);
                data.get(piece, 0, length);
                digest.update(piece, 0, length);
            }
        }

        String hex() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    /**
     * @param algorithm as Glance writes it: {@code sha512}, {@code sha256}, {@code sha3_256}, ...
     * @throws DriverException {@link Kind#UNKNOWN_HASHING_ALGORITHM}
     */
    public static Digests of(String algorithm) throws DriverException {
        try {
            return new Digests(MessageDigest.getInstance("MD5"), MessageDigest.getInstance(javaName(algorithm)));
        } catch (NoSuchAlgorithmException unknown) {
            throw new DriverException(
                    Kind.UNKNOWN_HASHING_ALGORITHM, "looking up the digest '" + algorithm + "'", unknown);
        }
    }

    private static String javaName(String algorithm) {
        String name = algorithm.toUpperCase(java.util.Locale.ROOT);
        if (name.startsWith("SHA3_")) {
            return "SHA3-" + name.substring(5);
        }
        return name.startsWith("SHA") && !name.startsWith("SHA-") ? "SHA-" + name.substring(3) : name;
    }

    /** Takes in the remaining bytes, whose position stays. */
    public void update(ByteBuffer data) {
        ByteBuffer forMd5 = data.duplicate();
        if (data.remaining() < WORTH_SHARING) {
            md5.update(forMd5);
            multihash.update(data.duplicate());
            return;
        }
        ForkJoinTask<?> beside = ForkJoinPool.commonPool().submit(() -> md5.update(forMd5));
        try {
            multihash.update(data.duplicate());
        } finally {
            // Done here if nobody has begun it: a busy pool costs nothing but the help.
            beside.join();
        }
    }

    /** The MD5 of all bytes in hex; resets it. */
    public String md5() {
        return md5.hex();
    }

    /** The chosen digest of all bytes in hex; resets it. */
    public String multihash() {
        return multihash.hex();
    }
}
