package io.jrados.crypto;

import io.jrados.error.MalformedException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Key type 2: aes256-cts-hmac-sha384-192 of RFC 8009. Each usage has an encryption key and an integrity key derived
 * from the secret; a random block goes first; the last two blocks are swapped (CBC-CS3); the first half of an
 * HMAC-SHA384 ends it.
 */
final class Aes256Cts implements CephCipher {
    private static final int KEY = 32;
    private static final int INTEGRITY_KEY = 24;
    private static final int BLOCK = 16;
    private static final int TAG = 24;
    private static final int ENCRYPTION = 0xAA;
    private static final int INTEGRITY = 0x55;
    private static final byte[] NO_IV = new byte[BLOCK];

    private final byte[] secret;

    Aes256Cts(byte[] secret) {
        if (secret.length != KEY) {
            throw new MalformedException("an aes256k key has " + KEY + " bytes, not " + secret.length);
        }
        this.secret = secret;
    }

    @Override
    public byte[] encrypt(KeyUsage usage, byte[] plain, RandomGenerator random) {
        byte[] confounder = new byte[BLOCK];
        random.nextBytes(confounder);
        return encrypt(usage.number(), plain, confounder);
    }

    @Override
    public byte[] decrypt(KeyUsage usage, byte[] encrypted) {
        return decrypt(usage.number(), encrypted);
    }

    byte[] encrypt(int usage, byte[] plain, byte[] confounder) {
        byte[] message = Arrays.copyOf(confounder, BLOCK + plain.length);
        System.arraycopy(plain, 0, message, BLOCK, plain.length);
        byte[] encrypted = crypt(Cipher.ENCRYPT_MODE, usage, message);
        byte[] tag = tag(usage, encrypted);
        byte[] out = Arrays.copyOf(encrypted, encrypted.length + TAG);
        System.arraycopy(tag, 0, out, encrypted.length, TAG);
        return out;
    }

    byte[] decrypt(int usage, byte[] sealed) {
        int length = sealed.length - TAG;
        if (length < BLOCK) {
            throw new MalformedException("not encrypted with this key: " + sealed.length + " bytes only");
        }
        byte[] encrypted = Arrays.copyOf(sealed, length);
        byte[] tag = Arrays.copyOfRange(sealed, length, sealed.length);
        if (!MessageDigest.isEqual(tag, tag(usage, encrypted))) {
            throw new MalformedException("not encrypted with this key");
        }
        byte[] message = crypt(Cipher.DECRYPT_MODE, usage, encrypted);
        return Arrays.copyOfRange(message, BLOCK, message.length);
    }

    private byte[] crypt(int mode, int usage, byte[] message) {
        byte[] key = derive(usage, ENCRYPTION, KEY);
        try {
            // ciphertext stealing needs more than a block; a single block is plain CBC
            Cipher cipher = Cipher.getInstance(message.length == BLOCK ? "AES/CBC/NoPadding" : "AES/CTS/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(NO_IV));
            return cipher.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES with ciphertext stealing is part of every Java platform", e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private byte[] tag(int usage, byte[] encrypted) {
        byte[] key = derive(usage, INTEGRITY, INTEGRITY_KEY);
        try {
            return Arrays.copyOf(Hmac.sha384(key, NO_IV, encrypted), TAG);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** KDF-HMAC-SHA2 of RFC 8009, whose single round gives up to 48 bytes. */
    byte[] derive(int usage, int kind, int length) {
        byte[] input = ByteBuffer.allocate(14)
                .putInt(1)
                .putInt(usage)
                .put((byte) kind)
                .put((byte) 0)
                .putInt(length * Byte.SIZE)
                .array();
        byte[] full = Hmac.sha384(secret, input);
        byte[] key = Arrays.copyOf(full, length);
        Arrays.fill(full, (byte) 0);
        return key;
    }
}
