package io.jrados.msgr;

import io.jrados.crypto.Hmac;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import java.security.MessageDigest;

/**
 * The peer proves that it got every byte as it was sent. The first frames with the new keys, in both directions.
 * Whether we got what the peer sent, only the peer can tell, by going on.
 */
record Sign(Terms terms, EntityAddr seenAs, long globalId, int mode, byte[] expected) implements Phase {
    @Override
    public Step on(Frame frame) throws RadosException {
        if (frame.tag() != Tag.AUTH_SIGNATURE) {
            throw unexpected(frame);
        }
        byte[] signature = new Decoder(frame.header()).raw(Hmac.SHA256_LENGTH);
        if (!MessageDigest.isEqual(signature, expected)) {
            throw new RadosException(
                    Errno.EBADMSG,
                    terms.doing() + ", whose signature is not that of what was sent: something in between changed it");
        }
        EntityAddr own = terms.identity().seenAs(seenAs);
        return terms.compresses()
                ? Compress.begin(terms, own, globalId, mode)
                : Identify.begin(terms, own, globalId, mode);
    }

    @Override
    public String awaits() {
        return "AUTH_SIGNATURE";
    }

    @Override
    public String toString() {
        return "Sign[" + terms.doing() + "]";
    }
}
