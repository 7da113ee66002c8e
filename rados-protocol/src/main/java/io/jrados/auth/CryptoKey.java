package io.jrados.auth;

import io.jrados.crypto.CephCipher;
import io.jrados.crypto.KeyUsage;
import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Utime;
import java.util.Arrays;
import java.util.Base64;
import java.util.random.RandomGenerator;

/**
 * A secret with its cipher: CryptoKey of src/auth/Crypto.h. A keyring's {@code key} is its encoding in base 64. Holds
 * the only copy of its secret; {@link #destroy()} zeroes it.
 *
 * <pre>u16 type, utime created, u16 length, secret</pre>
 */
public final class CryptoKey {
    private final int type;
    private final Utime created;
    private final byte[] secret;
    private final CephCipher cipher;
    private volatile boolean destroyed;

    private CryptoKey(int type, Utime created, byte[] secret) {
        this.type = type;
        this.created = created;
        this.secret = secret;
        this.cipher = CephCipher.of(type, secret);
    }

    /** A key of {@link CephCipher#AES} or {@link CephCipher#AES256K}; the secret is copied. */
    static CryptoKey of(int type, byte[] secret) {
        return new CryptoKey(type, Utime.ZERO, secret.clone());
    }

    static CryptoKey decode(Decoder in) {
        return new CryptoKey(in.u16(), Utime.decode(in), in.raw(in.u16()));
    }

    void encode(Encoder out) {
        usable();
        out.u16(type);
        created.encode(out);
        out.u16(secret.length).raw(secret);
    }

    /**
     * Reads the value of {@code key =} in a keyring.
     *
     * @throws RadosException EINVAL if it is not a key, or of a type that is not known
     */
    public static CryptoKey fromBase64(String text) throws RadosException {
        byte[] bytes = {};
        try {
            bytes = Base64.getDecoder().decode(text.strip());
            return Decoder.whole(bytes, CryptoKey::decode);
        } catch (IllegalArgumentException notBase64) {
            throw new ConfigurationException(Errno.EINVAL, "reading a key, which is not base 64");
        } catch (MalformedException e) {
            throw new ConfigurationException(Errno.EINVAL, "reading a key [" + e.getMessage() + "]", e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** {@link CephCipher#AES} or {@link CephCipher#AES256K}. */
    public int type() {
        return type;
    }

    /** The word for the type in Ceph's commands. */
    public String typeName() {
        return typeName(type);
    }

    static String typeName(int type) {
        return switch (type) {
            case CephCipher.AES -> "aes";
            case CephCipher.AES256K -> "aes256k";
            default -> "type-" + type;
        };
    }

    /** A copy of the secret bytes, to be zeroed by who asked. */
    byte[] secret() {
        usable();
        return secret.clone();
    }

    CryptoKey copy() {
        return new CryptoKey(type, created, secret());
    }

    byte[] encrypt(KeyUsage usage, byte[] plain, RandomGenerator random) {
        usable();
        return cipher.encrypt(usage, plain, random);
    }

    byte[] decrypt(KeyUsage usage, byte[] encrypted) {
        usable();
        return cipher.decrypt(usage, encrypted);
    }

    /** Zeroes the secret. Using the key afterwards is a mistake. */
    public void destroy() {
        destroyed = true;
        Arrays.fill(secret, (byte) 0);
    }

    private void usable() {
        if (destroyed) {
            throw new IllegalStateException("the key was destroyed");
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "CryptoKey[" + typeName() + "]";
    }
}
