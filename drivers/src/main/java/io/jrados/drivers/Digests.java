package io.jrados.drivers;

import io.jrados.drivers.DriverException.Kind;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The digests of one upload: MD5, which is the checksum of old, and one of the caller's choice. */
public final class Digests {
    private final MessageDigest md5;
    private final MessageDigest multihash;

    private Digests(MessageDigest md5, MessageDigest multihash) {
        this.md5 = md5;
        this.multihash = multihash;
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
        md5.update(data.duplicate());
        multihash.update(data.duplicate());
    }

    /** The MD5 of all bytes in hex; resets it. */
    public String md5() {
        return HexFormat.of().formatHex(md5.digest());
    }

    /** The chosen digest of all bytes in hex; resets it. */
    public String multihash() {
        return HexFormat.of().formatHex(multihash.digest());
    }
}
