/** Checksums and ciphers: the only users of javax.crypto and Bouncy Castle. */
@NullMarked
package io.jrados.crypto;

import org.jspecify.annotations.NullMarked;
