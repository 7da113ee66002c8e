package io.jrados.crypto;

import io.jrados.error.MalformedException;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-128-GCM of one direction of one connection: src/msg/async/crypto_onwire.cc. Every box has the nonce after that of
 * the box before it: 4 bytes that stay and a 64-bit little-endian counter. Confined to one thread; refuses to go on
 * before a nonce repeats.
 *
 * <p>Direct buffers are best: the JDK encrypts between two heap buffers in one step, which stays interpreted for the
 * first hundreds of large frames.
 */
public final class AesGcm {
    /** Bytes that a box is longer than what is in it. */
    public static final int TAG = 16;
    /** Bytes of the key. */
    public static final int KEY = 16;
    /** Bytes of the first nonce. */
    public static final int NONCE = 12;

    private static final int FIXED = 4;
    private static final long ALL_NONCES = -1;

    private final int mode;
    private final SecretKeySpec key;
    private final Cipher cipher;
    private final byte[] nonce;
    private final ByteBuffer counter;
    private long left;

    /**
     * @param left how many boxes there can be, unsigned: the counter can count one more, then it would be at the first
     *     again
     */
    AesGcm(int mode, byte[] key, byte[] nonce, long left) {
        if (key.length != KEY || nonce.length != NONCE) {
            throw new MalformedException("AES-GCM needs a key of " + KEY + " bytes and a nonce of " + NONCE + ", not "
                    + key.length + " and " + nonce.length);
        }
        this.mode = mode;
        this.key = new SecretKeySpec(key, "AES");
        this.nonce = nonce.clone();
        this.counter = ByteBuffer.wrap(this.nonce).order(ByteOrder.LITTLE_ENDIAN);
        this.left = left;
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is part of every Java platform", e);
        }
    }

    /** For sending. The arrays are copied. */
    public static AesGcm sealing(byte[] key, byte[] firstNonce) {
        return new AesGcm(Cipher.ENCRYPT_MODE, key, firstNonce, ALL_NONCES);
    }

    /** For receiving. The arrays are copied. */
    public static AesGcm opening(byte[] key, byte[] firstNonce) {
        return new AesGcm(Cipher.DECRYPT_MODE, key, firstNonce, ALL_NONCES);
    }

    /**
     * Appends one box with the readable bytes of {@code plain} to {@code out}. Reads {@code plain} to its end; it may
     * be composite. Neither is released.
     */
    public void seal(ByteBuf plain, ByteBuf out) {
        int length = plain.readableBytes();
        out.ensureWritable(length + TAG);
        ByteBuffer to = out.nioBuffer(out.writerIndex(), length + TAG);
        nextNonce(Cipher.ENCRYPT_MODE);
        try {
            run(plain, to);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("encrypting a frame", e);
        }
        plain.skipBytes(length);
        out.writerIndex(out.writerIndex() + length + TAG);
    }

    /**
     * Opens the box that is the readable bytes of {@code box} and appends what is in it to {@code out}. Reads
     * {@code box} to its end; it may be composite, which costs a copy. Neither is released. May be done in place:
     * {@code out} on the same memory, writing where {@code box} reads.
     *
     * @throws MalformedException if it was not sealed by the peer, or is not the next; {@code out} is then as before
     */
    public void open(ByteBuf box, ByteBuf out) {
        int length = box.readableBytes() - TAG;
        if (length < 0) {
            throw new MalformedException("a box of " + box.readableBytes() + " bytes has no tag");
        }
        out.ensureWritable(length);
        ByteBuffer to = out.nioBuffer(out.writerIndex(), length);
        nextNonce(Cipher.DECRYPT_MODE);
        try {
            run(box, to);
        } catch (AEADBadTagException e) {
            throw new MalformedException("not sealed by the peer, or out of order", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("decrypting a frame", e);
        }
        box.skipBytes(length + TAG);
        out.writerIndex(out.writerIndex() + length);
    }

    private void run(ByteBuf from, ByteBuffer to) throws GeneralSecurityException {
        if (from.nioBufferCount() == 1) {
            cipher.doFinal(from.nioBuffer(), to);
            return;
        }
        ByteBuffer[] parts = from.nioBuffers();
        for (int i = 0; i < parts.length - 1; i++) {
            cipher.update(parts[i], to);
        }
        cipher.doFinal(parts[parts.length - 1], to);
    }

    private void nextNonce(int wanted) {
        if (mode != wanted) {
            throw new IllegalStateException("one direction only");
        }
        if (left == 0) {
            throw new MalformedException("out of nonces: a new connection is needed");
        }
        try {
            cipher.init(mode, key, new GCMParameterSpec(TAG * Byte.SIZE, nonce));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("starting AES-GCM", e);
        }
        counter.putLong(FIXED, counter.getLong(FIXED) + 1);
        left--;
    }

    /** Without key and nonce. */
    @Override
    public String toString() {
        return "AesGcm[" + (mode == Cipher.ENCRYPT_MODE ? "sealing" : "opening") + "]";
    }
}
