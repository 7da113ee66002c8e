package io.jrados.auth;

import io.jrados.crypto.CephCipher;
import io.jrados.crypto.Hmac;
import io.jrados.crypto.KeyUsage;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A number to be answered: CephXServerChallenge and CephXAuthorizeChallenge of src/auth/cephx/CephxProtocol.h.
 *
 * <pre>u8 version, u64 challenge</pre>
 */
record Challenge(long number) {
    static Challenge decode(Decoder in) {
        Versions.atLeastOne(in.u8());
        return new Challenge(in.u64());
    }

    void encode(Encoder out) {
        out.u8(1).u64(number);
    }

    /**
     * Returns the proof that we hold the key (cephx_calc_client_server_challenge): both challenges encrypted, and all
     * whole 64-bit words of that folded into one. With an aes key the words start at the envelope's length prefix, so
     * its last 4 bytes are not counted; with an aes256k key it is a digest, without an envelope.
     */
    long answer(long clientChallenge, CryptoKey key, RandomGenerator random) {
        byte[] proof;
        if (key.type() == CephCipher.AES) {
            // this cipher has no use for usages
            byte[] sealed = Envelope.seal(key, KeyUsage.TICKET_SESSION_KEY, random, out -> out.u64(number)
                    .u64(clientChallenge));
            proof = Encoder.bytesOf(out -> out.bytes(sealed));
        } else {
            byte[] challenges = Encoder.bytesOf(out -> out.u64(number).u64(clientChallenge));
            byte[] secret = key.secret();
            proof = Hmac.sha256(secret, challenges);
            Arrays.fill(secret, (byte) 0);
        }
        Decoder words = Decoder.of(proof);
        long folded = 0;
        while (words.remaining() >= Long.BYTES) {
            folded ^= words.u64();
        }
        return folded;
    }
}
