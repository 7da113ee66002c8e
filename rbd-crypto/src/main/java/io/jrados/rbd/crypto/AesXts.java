package io.jrados.rbd.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * XTS-AES of IEEE 1619, for sectors of whole blocks, numbered as dm-crypt's {@code plain64} does: 64 bits,
 * little-endian. Java has AES but not this mode, so a sector's tweaks are added here, before and after one call that
 * encrypts all its blocks.
 */
public final class AesXts implements SectorCipher {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int BLOCK = 16;
    private static final int MAX_SECTOR = 1 << 20;
    private static final int HALF_BITS = 63;

    /** x^128 = x^7 + x^2 + x + 1 in the field of the tweaks. */
    private static final long REDUCED = 0x87;

    private final int sectorSize;
    private final Deque<Worker> idle = new ConcurrentLinkedDeque<>();
    private volatile byte @Nullable [] key;

    /**
     * A cipher with a key of its own.
     *
     * @param key 32 bytes for AES-128 or 64 for AES-256: the data's key, then the tweak's. Copied
     * @param sectorSize in bytes, a multiple of 16 of at most 1 MiB; 512 or 4096 in LUKS
     * @throws IllegalArgumentException for other sizes
     */
    public AesXts(byte[] key, int sectorSize) {
        Objects.requireNonNull(key, "key");
        if (key.length != 2 * BLOCK && key.length != 4 * BLOCK) {
            throw new IllegalArgumentException("key: " + key.length + " bytes are neither 32 nor 64");
        }
        if (sectorSize < BLOCK || sectorSize > MAX_SECTOR || sectorSize % BLOCK != 0) {
            throw new IllegalArgumentException(
                    "sectorSize: " + sectorSize + " is no multiple of 16 up to " + MAX_SECTOR);
        }
        this.key = key.clone();
        this.sectorSize = sectorSize;
    }

    @Override
    public int sectorSize() {
        return sectorSize;
    }

    @Override
    public void encrypt(long sector, ByteBuffer in, ByteBuffer out) {
        run(Cipher.ENCRYPT_MODE, sector, in, out);
    }

    @Override
    public void decrypt(long sector, ByteBuffer in, ByteBuffer out) {
        run(Cipher.DECRYPT_MODE, sector, in, out);
    }

    @Override
    public void close() {
        byte[] secret = key;
        key = null;
        idle.clear();
        if (secret != null) {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private void run(int mode, long sector, ByteBuffer in, ByteBuffer out) {
        Objects.requireNonNull(in, "in");
        Objects.requireNonNull(out, "out");
        if (in.remaining() % sectorSize != 0) {
            throw new IllegalArgumentException("in: " + in.remaining() + " bytes are no sectors of " + sectorSize);
        }
        if (out.remaining() < in.remaining()) {
            throw new IllegalArgumentException(
                    "out: has room for " + out.remaining() + " of " + in.remaining() + " bytes");
        }
        Worker worker = worker();
        try {
            for (long number = sector; in.hasRemaining(); number++) {
                worker.sector(mode, number, in, out);
            }
        } finally {
            if (key != null) {
                idle.addFirst(worker);
            }
        }
    }

    /** One that nobody uses at the moment: there are as many as threads ever encrypted at once. */
    private Worker worker() {
        byte[] secret = key;
        if (secret == null) {
            throw new IllegalStateException("the cipher is closed");
        }
        Worker worker = idle.pollFirst();
        return worker == null ? new Worker(secret, sectorSize) : worker;
    }

    private static final class Worker {
        private final Cipher encrypting;
        private final Cipher decrypting;
        private final Cipher tweaking;
        private final byte[] tweak = new byte[BLOCK];
        private final byte[] data;

        Worker(byte[] key, int sectorSize) {
            int half = key.length / 2;
            SecretKeySpec first = new SecretKeySpec(key, 0, half, "AES");
            encrypting = cipher(Cipher.ENCRYPT_MODE, first);
            decrypting = cipher(Cipher.DECRYPT_MODE, first);
            tweaking = cipher(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, half, half, "AES"));
            data = new byte[sectorSize];
        }

        private static Cipher cipher(int mode, SecretKeySpec key) {
            try {
                // Of single blocks: XTS is made of them, and its tweaks take away what makes this mode unsafe alone.
                Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
                cipher.init(mode, key);
                return cipher;
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("AES is part of every Java platform", impossible);
            }
        }

        void sector(int mode, long number, ByteBuffer in, ByteBuffer out) {
            in.get(data);
            LONGS.set(tweak, 0, number);
            LONGS.set(tweak, Long.BYTES, 0L);
            blocks(tweaking, tweak);
            long low = (long) LONGS.get(tweak, 0);
            long high = (long) LONGS.get(tweak, Long.BYTES);
            addTweaks(low, high);
            blocks(mode == Cipher.ENCRYPT_MODE ? encrypting : decrypting, data);
            addTweaks(low, high);
            out.put(data);
        }

        private static void blocks(Cipher cipher, byte[] bytes) {
            try {
                cipher.doFinal(bytes, 0, bytes.length, bytes, 0);
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("whole blocks, in place", impossible);
            }
        }

        /** Adds each block's tweak, which is the one before times x. */
        private void addTweaks(long firstLow, long firstHigh) {
            long low = firstLow;
            long high = firstHigh;
            for (int at = 0; at < data.length; at += BLOCK) {
                LONGS.set(data, at, (long) LONGS.get(data, at) ^ low);
                LONGS.set(data, at + Long.BYTES, (long) LONGS.get(data, at + Long.BYTES) ^ high);
                long carry = high >>> HALF_BITS;
                high = high << 1 | low >>> HALF_BITS;
                low = low << 1 ^ carry * REDUCED;
            }
        }
    }
}
