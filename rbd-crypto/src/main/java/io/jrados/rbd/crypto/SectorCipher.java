package io.jrados.rbd.crypto;

import java.nio.ByteBuffer;

/**
 * A cipher for the data of an image, sector by sector: each is encrypted by its number, to as many bytes, and can be
 * read or written alone. Nothing is authenticated: a changed sector decrypts to other bytes. Safe for any thread.
 */
public interface SectorCipher extends AutoCloseable {
    /** The size of a sector in bytes. */
    int sectorSize();

    /**
     * Encrypts sectors that follow each other.
     *
     * @param sector the number of the first, unsigned
     * @param in the plain bytes, of which all that remain are taken
     * @param out for as many bytes; may be the same buffer's {@code duplicate()}, to encrypt in place
     * @throws IllegalArgumentException for bytes that are no whole number of sectors, or that do not fit
     * @throws IllegalStateException once it is closed
     */
    void encrypt(long sector, ByteBuffer in, ByteBuffer out);

    /** Decrypts, as {@link #encrypt} encrypts. */
    void decrypt(long sector, ByteBuffer in, ByteBuffer out);

    /** Forgets the key, as far as Java can. */
    @Override
    void close();
}
