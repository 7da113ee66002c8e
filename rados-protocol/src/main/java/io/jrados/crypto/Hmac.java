package io.jrados.crypto;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keyed digests. Keys are not empty. */
public final class Hmac {
    /** Bytes of a SHA-256 digest. */
    public static final int SHA256_LENGTH = 32;

    private Hmac() {}

    /** HMAC-SHA256 of the parts, one after the other. */
    public static byte[] sha256(byte[] key, byte[]... parts) {
        return digest("HmacSHA256", key, parts);
    }

    /** HMAC-SHA256 of the readable bytes, which stay readable. */
    public static byte[] sha256(byte[] key, ByteBuf data) {
        Mac mac = mac("HmacSHA256", key);
        for (ByteBuffer part : data.nioBuffers()) {
            mac.update(part);
        }
        return mac.doFinal();
    }

    /** HMAC-SHA384 of the parts, one after the other. */
    static byte[] sha384(byte[] key, byte[]... parts) {
        return digest("HmacSHA384", key, parts);
    }

    private static byte[] digest(String algorithm, byte[] key, byte[]... parts) {
        Mac mac = mac(algorithm, key);
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }

    private static Mac mac(String algorithm, byte[] key) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(algorithm + " is part of every Java platform", e);
        }
    }
}
