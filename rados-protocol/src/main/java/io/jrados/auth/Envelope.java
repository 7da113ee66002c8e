package io.jrados.auth;

import io.jrados.crypto.KeyUsage;
import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The plaintext that cephx encrypts: a version, a magic number that tells a right key from a wrong one, the payload
 * (encode_encrypt_enc_bl of src/auth/cephx/CephxProtocol.h). Most places put the length of the ciphertext before it.
 */
final class Envelope {
    private static final int VERSION = 1;
    private static final long MAGIC = 0xff009cad8826aa55L;

    private Envelope() {}

    static byte[] seal(CryptoKey key, KeyUsage usage, RandomGenerator random, Consumer<Encoder> payload) {
        byte[] plain = Encoder.bytesOf(out -> {
            out.u8(VERSION).u64(MAGIC);
            payload.accept(out);
        });
        try {
            return key.encrypt(usage, plain, random);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /**
     * @param what the thing that is opened, for errors: "the monitor's ticket for client.admin"
     * @throws RadosException EACCES if it was made with another key, EBADMSG if what is in it is malformed
     */
    static <T> T open(CryptoKey key, KeyUsage usage, byte[] sealed, String what, Function<Decoder, T> payload)
            throws RadosException {
        byte[] plain = {};
        try {
            plain = key.decrypt(usage, sealed);
            if (!isGenuine(plain)) {
                throw rejected(what, null);
            }
        } catch (MalformedException e) {
            throw rejected(what, e);
        }
        try {
            return payload.apply(Decoder.of(plain).skip(1 + Long.BYTES));
        } catch (MalformedException e) {
            throw e.during("reading " + what);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private static boolean isGenuine(byte[] plain) {
        return plain.length >= 1 + Long.BYTES && Decoder.of(plain).skip(1).u64() == MAGIC;
    }

    private static RadosException rejected(String what, @Nullable Throwable cause) {
        return new RadosException(Errno.EACCES, "key rejected: " + what + " was not made with our key", cause);
    }
}
