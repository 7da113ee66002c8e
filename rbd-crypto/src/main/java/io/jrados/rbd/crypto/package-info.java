/**
 * The ciphers of encrypted images, each behind a small interface: {@link io.jrados.rbd.crypto.SectorCipher} for the
 * data and {@link io.jrados.rbd.crypto.KeyDerivation} for passphrases. The only user of Bouncy Castle, which thus
 * reaches no program that does not encrypt.
 *
 * <p>A null argument is a {@link java.lang.NullPointerException} whose message is the argument's name. One that is out
 * of its bounds is an {@link java.lang.IllegalArgumentException} whose message begins with the argument's name.
 */
@NullMarked
package io.jrados.rbd.crypto;

import org.jspecify.annotations.NullMarked;
