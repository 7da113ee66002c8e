/** Checksums and ciphers: the only user of javax.crypto in this module. */
@NullMarked
package io.jrados.crypto;

import org.jspecify.annotations.NullMarked;
