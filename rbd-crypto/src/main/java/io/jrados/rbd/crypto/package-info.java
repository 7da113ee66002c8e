/**
 * The ciphers of encrypted images, each behind a small interface: {@link io.jrados.rbd.crypto.SectorCipher} for the
 * data and {@link io.jrados.rbd.crypto.KeyDerivation} for passphrases. The only user of Bouncy Castle, which thus
 * reaches no program that does not encrypt.
 */
@NullMarked
package io.jrados.rbd.crypto;

import org.jspecify.annotations.NullMarked;
