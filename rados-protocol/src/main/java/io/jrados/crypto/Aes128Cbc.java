package io.jrados.crypto;

import io.jrados.error.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.random.RandomGenerator;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Key type 1: AES-128-CBC with PKCS 7 padding and an initial vector that never changes. It cannot tell a wrong key from
 * a right one.
 */
final class Aes128Cbc implements CephCipher {
    private static final int KEY = 16;
    private static final IvParameterSpec IV =
            new IvParameterSpec("cephsageyudagreg".getBytes(StandardCharsets.US_ASCII));

    private final byte[] secret;

    Aes128Cbc(byte[] secret) {
        if (secret.length < KEY) {
            throw new MalformedException("an aes key has " + KEY + " bytes, not " + secret.length);
        }
        this.secret = secret;
    }

    @Override
    public byte[] encrypt(KeyUsage usage, byte[] plain, RandomGenerator random) {
        try {
            return cipher(Cipher.ENCRYPT_MODE).doFinal(plain);
        } catch (BadPaddingException | IllegalBlockSizeException e) {
            throw new IllegalStateException("encryption pads", e);
        }
    }

    @Override
    public byte[] decrypt(KeyUsage usage, byte[] encrypted) {
        if (encrypted.length == 0) {
            throw new MalformedException("not encrypted with this key: no bytes");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE).doFinal(encrypted);
        } catch (BadPaddingException | IllegalBlockSizeException e) {
            throw new MalformedException("not encrypted with this key", e);
        }
    }

    private Cipher cipher(int mode) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(mode, new SecretKeySpec(secret, 0, KEY, "AES"), IV);
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-CBC is part of every Java platform", e);
        }
    }
}
