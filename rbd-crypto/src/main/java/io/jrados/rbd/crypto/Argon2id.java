package io.jrados.rbd.crypto;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.util.Objects;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/**
 * Argon2id, version 1.3 (RFC 9106): what LUKS2 derives the keys of key slots with. Its memory is taken from the heap
 * while it runs. Lanes are filled one after another on the calling thread.
 *
 * @param iterations passes over the memory, at least 1
 * @param memoryKib in KiB, from 8 for each lane to {@link #MAX_MEMORY_KIB}
 * @param lanes from 1 to {@link #MAX_LANES}; cryptsetup calls them parallel threads
 */
public record Argon2id(int iterations, int memoryKib, int lanes) implements KeyDerivation {
    /** 4 GiB, as much as cryptsetup allows. */
    public static final int MAX_MEMORY_KIB = 4 << 20;

    /** Far more than the 4 that cryptsetup uses. */
    public static final int MAX_LANES = 64;

    private static final int KIB = 1024;
    private static final int KIB_PER_LANE = 8;
    private static final int MIN_SALT = 8;
    private static final int MIN_LENGTH = 4;
    private static final int MAX_LENGTH = 1024;

    /** Checks the bounds. */
    public Argon2id {
        if (lanes < 1 || lanes > MAX_LANES) {
            throw new IllegalArgumentException("lanes: " + lanes + " is not from 1 to " + MAX_LANES);
        }
        if (memoryKib < KIB_PER_LANE * lanes || memoryKib > MAX_MEMORY_KIB) {
            throw new IllegalArgumentException("memoryKib: " + memoryKib + " is not from " + KIB_PER_LANE * lanes
                    + " to " + MAX_MEMORY_KIB + " with " + lanes + " lanes");
        }
        if (iterations < 1) {
            throw new IllegalArgumentException("iterations: " + iterations + " is less than 1");
        }
    }

    @Override
    public byte[] derive(byte[] passphrase, byte[] salt, int length) throws RadosException {
        return derive(passphrase, salt, length, new byte[0], new byte[0]);
    }

    /** With the two further inputs of RFC 9106, which its test vector has and LUKS does not use. */
    byte[] derive(byte[] passphrase, byte[] salt, int length, byte[] secret, byte[] associated) throws RadosException {
        Objects.requireNonNull(passphrase, "passphrase");
        Objects.requireNonNull(salt, "salt");
        if (salt.length < MIN_SALT) {
            throw new IllegalArgumentException("salt: " + salt.length + " bytes are fewer than " + MIN_SALT);
        }
        if (length < MIN_LENGTH || length > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "length: " + length + " is not from " + MIN_LENGTH + " to " + MAX_LENGTH);
        }
        if (Runtime.getRuntime().maxMemory() / KIB <= memoryKib) {
            // To try would take the memory away from all other threads first.
            throw tooLittleMemory(null);
        }
        byte[] key = new byte[length];
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        try {
            generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                    .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                    .withIterations(iterations)
                    .withMemoryAsKB(memoryKib)
                    .withParallelism(lanes)
                    .withSalt(salt)
                    .withSecret(secret)
                    .withAdditional(associated)
                    .build());
            generator.generateBytes(passphrase, key);
        } catch (OutOfMemoryError tooLittle) {
            throw tooLittleMemory(tooLittle);
        }
        return key;
    }

    private RadosException tooLittleMemory(@Nullable Throwable cause) {
        return new RadosException(
                Errno.ENOMEM,
                "deriving a key with Argon2id, which takes " + memoryKib + " KiB of heap (-Xmx allows more)",
                cause);
    }
}
