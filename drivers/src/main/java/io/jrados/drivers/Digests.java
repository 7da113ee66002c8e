package io.jrados.drivers;

import io.jrados.drivers.DriverException.Kind;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The digests of one upload: MD5, which is the checksum of old, and one of the caller's choice. They are most of what
 * an upload costs, so the two are computed at once: MD5 on the JVM's common pool, as many chunks behind as the caller
 * lets it. For one thread.
 */
public final class Digests {
    private final InOrder besides = new InOrder();
    private InOrder.@Nullable Piece last;
    private final Running md5;
    private final Running multihash;

    private Digests(MessageDigest md5, MessageDigest multihash) {
        this.md5 = new Running(md5);
        this.multihash = new Running(multihash);
    }

    /**
     * One digest. The JDK's take direct memory in through small arrays made for each call; here it is one that stays.
     */
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

    /**
     * Takes in the remaining bytes, whose position stays.
     *
     * @return to be ended before the bytes may change
     */
    public ChunkPipeline.Use update(ByteBuffer data) {
        ByteBuffer forMd5 = data.duplicate();
        InOrder.Piece mine = besides.add(() -> md5.update(forMd5));
        last = mine;
        multihash.update(data.duplicate());
        return () -> besides.await(mine);
    }

    /** The MD5 of all bytes in hex; resets it. */
    public String md5() {
        if (last != null) {
            besides.await(last);
        }
        return md5.hex();
    }

    /** The chosen digest of all bytes in hex; resets it. */
    public String multihash() {
        return multihash.hex();
    }
}
