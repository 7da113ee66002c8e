/** Configuration, keyring files, deadlines, clock and random source. */
@NullMarked
package io.jrados.conf;

import org.jspecify.annotations.NullMarked;
