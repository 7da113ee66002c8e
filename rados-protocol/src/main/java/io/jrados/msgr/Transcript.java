package io.jrados.msgr;

import io.jrados.crypto.Hmac;
import io.jrados.error.MalformedException;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;

/**
 * Every byte of both directions from the banner to AUTH_DONE, over which AUTH_SIGNATURE is made: so nobody in between
 * can have changed what was negotiated (src/msg/async/ProtocolV2.cc, {@code pre_auth}).
 */
final class Transcript {
    private static final int LIMIT = 4 << 20;

    private ByteArrayOutputStream received = new ByteArrayOutputStream();
    private ByteArrayOutputStream sent = new ByteArrayOutputStream();

    void received(ByteBuf bytes, int index, int length) {
        append(received, bytes, index, length);
    }

    void sent(ByteBuf bytes) {
        append(sent, bytes, bytes.readerIndex(), bytes.readableBytes());
    }

    private static void append(ByteArrayOutputStream to, ByteBuf bytes, int index, int length) {
        if (to.size() + length > LIMIT) {
            throw new MalformedException("more than " + LIMIT + " bytes before authentication");
        }
        byte[] copy = new byte[length];
        bytes.getBytes(index, copy);
        to.writeBytes(copy);
    }

    /** Returns the signature that this side sends. */
    byte[] signatureOfReceived(byte[] sessionKey) {
        return signature(sessionKey, received);
    }

    /** Returns the signature that the other side must send. */
    byte[] signatureOfSent(byte[] sessionKey) {
        return signature(sessionKey, sent);
    }

    private static byte[] signature(byte[] sessionKey, ByteArrayOutputStream bytes) {
        return sessionKey.length == 0 ? new byte[Hmac.SHA256_LENGTH] : Hmac.sha256(sessionKey, bytes.toByteArray());
    }

    /** Forgets all. */
    void clear() {
        received = new ByteArrayOutputStream();
        sent = new ByteArrayOutputStream();
    }
}
