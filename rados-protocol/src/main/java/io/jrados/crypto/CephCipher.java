package io.jrados.crypto;

import io.jrados.error.MalformedException;
import java.util.random.RandomGenerator;

/** The encryption of one of Ceph's key types: src/auth/Crypto.cc. */
public interface CephCipher {
    /** Key type 1, {@code aes}: CEPH_CRYPTO_AES. */
    int AES = 1;
    /** Key type 2, {@code aes256k}: CEPH_CRYPTO_AES256KRB5, since release 20. */
    int AES256K = 2;

    /**
     * The cipher of a key.
     *
     * @param secret is used, not copied, and may be zeroed once the cipher is no longer used
     * @throws MalformedException for an unknown type or a secret of a wrong length
     */
    static CephCipher of(int type, byte[] secret) {
        return switch (type) {
            case AES -> new Aes128Cbc(secret);
            case AES256K -> new Aes256Cts(secret);
            default -> throw new MalformedException("key type " + type + " is unknown");
        };
    }

    /** @param random for ciphers that hide equal messages */
    byte[] encrypt(KeyUsage usage, byte[] plain, RandomGenerator random);

    /** @throws MalformedException unless the bytes can have been encrypted with this key; not every cipher can tell */
    byte[] decrypt(KeyUsage usage, byte[] encrypted);
}
