package io.jrados.rbd.crypto;

import io.jrados.error.RadosException;

/** A function that makes a key of a passphrase, slowly on purpose. */
public interface KeyDerivation {
    /**
     * Derives a key. Blocks for as long as the function's costs say, often a second or more.
     *
     * @param passphrase as bytes; stays the caller's, who should wipe it
     * @param salt of at least 8 bytes
     * @param length of the key in bytes, from 4 to 1024
     * @throws IllegalArgumentException for another length, or a shorter salt; both named
     * @throws RadosException ENOMEM if the JVM's heap cannot hold the memory that the function fills
     */
    byte[] derive(byte[] passphrase, byte[] salt, int length) throws RadosException;
}
